/** Opens a device, drops every reference to it, and draws on while the garbage collector runs between frames. Needs --expose-gc. */
import { benchScenario, frontWide } from '../../bench/scenario.ts'
import { openRenderDevice, renderCondition } from '../../src/index.ts'

const frames = 200
const collect = globalThis.gc
if (collect === undefined) throw new Error('start me with --expose-gc')

/** The device is known to nobody but this generator and what it draws with. */
async function* pictures() {
  const device = await openRenderDevice()
  const timesUs = Array.from({ length: frames }, (_, i) => i * 40_000)
  yield* renderCondition(device, benchScenario(), { camera: frontWide, style: 'world-scenario-v3', width: 320, height: 176, timesUs })
  device.dispose()
}

let drawn = 0
for await (const { data } of pictures()) {
  collect()
  if (data.some((value) => value > 0)) drawn += 1
}
process.stdout.write(`${drawn}\n`)
