/**
 * CPU time of rendering on this machine's adapter: `nx run simulation:bench`. Software adapters run on the CPU, so their CPU seconds are the
 * figure that other work on the machine does not disturb; frames/s by the clock are printed too.
 */
import { openRenderDevice } from '@virga/rendering'
import { type Look, parseLook, simulateDrive } from '../src/index.ts'
import { DriveRenderer } from '../src/render/drive-renderer.ts'

const device = await openRenderDevice()
const adapter = device.adapter.name.replaceAll(' ', '_')
const drive = simulateDrive({ seed: 3, seconds: 3 })
const [camera] = drive.scenario.rig.cameras
const lines: string[] = []
const cases: [string, Look[]][] = [
  ['gbuffer', []],
  ...['clear/day', 'overcast/day', 'clear/night', 'rain/night', 'snow/day'].map((text): [string, Look[]] => [
    text.replace('/', '-'),
    [parseLook(text)],
  ]),
]
for (const [width, height, frames] of [
  [320, 176, 24],
  [1280, 704, 6],
] as const) {
  const renderer = await DriveRenderer.open(device, drive, camera, { width, height, supersample: width <= 640 ? 2 : 1 })
  let base = 0
  for (const [name, looks] of cases) {
    await renderer.frame(0, looks)
    const before = process.cpuUsage()
    const started = performance.now()
    let pending = renderer.frame(0, looks)
    for (let i = 1; i <= frames; i++) {
      const next = renderer.frame(i, looks)
      await pending
      pending = next
    }
    await pending
    const used = process.cpuUsage(before)
    const cpuMs = (used.user + used.system) / 1000 / (frames + 1)
    const ms = (performance.now() - started) / (frames + 1)
    if (looks.length === 0) base = cpuMs
    const label = `${name}-${width}x${height} ${adapter}`
    lines.push(
      `${label} frames_per_second ${(1000 / ms).toFixed(1)}`,
      `${label} cpu_ms_per_frame ${(looks.length === 0 ? cpuMs : cpuMs - base).toFixed(1)}`,
    )
  }
  renderer.dispose()
}
process.stdout.write(`${lines.join('\n')}\n`)
device.dispose()
