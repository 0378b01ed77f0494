/**
 * CPU time of rendering on this machine's adapter: `nx run simulation:bench`. Software adapters run on the CPU, so their CPU seconds are the
 * figure that other work on the machine does not disturb; frames/s by the clock are printed too.
 */
import { openRenderDevice } from '@virga/rendering'
import { type LidarGridName, type Look, parseLook, renderDrive, simulatedSweeps, simulateDrive, type Weather } from '../src/index.ts'
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
    const perFrame = (used.user + used.system) / 1000 / (frames + 1)
    const ms = (performance.now() - started) / (frames + 1)
    if (looks.length === 0) base = perFrame
    const label = `${name}-${width}x${height} ${adapter}`
    lines.push(
      `${label} frames_per_second ${(1000 / ms).toFixed(1)}`,
      `${label} cpu_ms_per_frame ${(looks.length === 0 ? perFrame : perFrame - base).toFixed(1)}`,
    )
  }
  renderer.dispose()
}

const cpuMs = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

// LiDAR: cast on the CPU whatever the adapter is.
const sweepsToCast = 8
for (const [grid, weather] of [
  ['64x1800', 'clear'],
  ['128x1800', 'clear'],
  ['128x1800', 'snow'],
  ['128x3600', 'clear'],
] as const satisfies [LidarGridName, Weather][]) {
  const sweeps = simulatedSweeps(drive, { grid, weather })
  await sweeps[0].load()
  const before = process.cpuUsage()
  for (let i = 1; i <= sweepsToCast; i++) await sweeps[i].load()
  lines.push(`lidar-${grid}-${weather} cpu cpu_ms_per_sweep ${(cpuMs(before) / sweepsToCast).toFixed(1)}`)
}

// Pictures through f-theta lenses, as the rig has them.
const rig = simulateDrive({ seed: 3, seconds: 1, width: 640, height: 360, rig: 'rds-hq' })
for (const cameraName of ['camera_front_wide_120fov', 'camera_rear_left_70fov']) {
  const look = parseLook('clear/day')
  const frames = 6
  let before = process.cpuUsage()
  let done = -1
  for await (const _ of renderDrive(device, rig, { cameraName, width: 640, height: 360, look, frames: { start: 0, count: frames + 1 } })) {
    if (++done === 0) before = process.cpuUsage()
  }
  lines.push(`${cameraName}-640x360 ${adapter} cpu_ms_per_frame ${(cpuMs(before) / frames).toFixed(1)}`)
}
process.stdout.write(`${lines.join('\n')}\n`)
device.dispose()
