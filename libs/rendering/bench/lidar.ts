/**
 * lidar-v1 by engine and size of the sweeps, one view, resized to 1280x704:
 *
 *   node tools/run.mjs libs/rendering/bench/lidar.ts [arrays|compute] [points a sweep] [frames]
 *
 * Prints a JSON object; CPU seconds count all threads, without the first frames. VIRGA_ADAPTER chooses the adapter of `compute`.
 */
import { openRenderDevice, type RenderDevice, renderCondition } from '../src/index.ts'
import { pointStyle } from '../src/lidar/point-style.ts'
import { lidarV1Description } from '../src/styles/lidar-v1.ts'
import { benchDrive } from './real-drive.ts'
import { frontWide } from './rig.ts'

const [engine = 'arrays', points = '100000', count = '120'] = process.argv.slice(2)
const style = pointStyle(lidarV1Description, engine === 'arrays' ? 'arrays' : 'compute')
const { scenario } = benchDrive(Number(points))
let device: RenderDevice | undefined
const openDevice = async (): Promise<RenderDevice> => (device ??= await openRenderDevice())
const warmUp = 10
const timesUs = Array.from({ length: warmUp + Number(count) }, (_, i) => scenario.startUs + Math.round((i * 1e6) / 30))
const request = { camera: frontWide, style, width: 1280, height: 704, timesUs, chain: 'resize' } as const
let frames = -warmUp
let started = 0
let cpu = process.cpuUsage()
for await (const _ of renderCondition(openDevice, scenario, request)) {
  frames += 1
  if (frames !== 0) continue
  started = performance.now()
  cpu = process.cpuUsage()
}
const { user, system } = process.cpuUsage(cpu)
const figures = {
  engine,
  points: Number(points),
  adapter: device?.adapter.kind ?? 'none',
  frames,
  cpu_s_per_frame: (user + system) / 1e6 / frames,
  frames_per_s: (1000 * frames) / (performance.now() - started),
  peak_rss_mib: process.resourceUsage().maxRSS / 1024,
}
process.stdout.write(`${JSON.stringify(figures)}\n`)
device?.dispose()
