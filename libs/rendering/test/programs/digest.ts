/** Prints the SHA-256 of a few frames of every style. */
import { createHash } from 'node:crypto'
import { frontWide } from '../../bench/rig.ts'
import { benchScenario } from '../../bench/scenario.ts'
import { openRenderDevice, renderCondition, styleNames } from '../../src/index.ts'

const device = await openRenderDevice()
const scenario = benchScenario({ pointsPerSweep: 20_000 })
for (const style of styleNames) {
  const hash = createHash('sha256')
  const request = { camera: frontWide, style, width: 640, height: 352, timesUs: [0, 1_000_000, 2_033_333, 4_066_667] }
  for await (const { data } of renderCondition(device, scenario, request)) hash.update(data)
  process.stdout.write(`${style} ${hash.digest('hex')}\n`)
}
device.dispose()
