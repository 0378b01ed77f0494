/**
 * One measurement in a process of its own, so that its peak memory is its own:
 *
 *   node tools/run.mjs libs/rendering/bench/case.ts <style> <none|encode> <seconds at most>
 *
 * Prints a JSON object. VIRGA_ADAPTER chooses the adapter.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createVideo } from '@virga/video'
import { type ConditionStyleName, openRenderDevice, renderCondition } from '../src/index.ts'
import { benchScenario, frontWide } from './scenario.ts'

const [style = 'hdmap-v1', encode = 'none', seconds = '20'] = process.argv.slice(2)
const [width, height] = [1280, 704]
const clip = 121

const device = await openRenderDevice()
const scenario = benchScenario({ pointsPerSweep: style === 'lidar-v1' ? 100_000 : 0 })
const timesUs = Array.from({ length: 300 }, (_, i) => i * 33_333)
const request = { camera: frontWide, style: style as ConditionStyleName, width, height, timesUs }

const folder = mkdtempSync(join(tmpdir(), 'virga-bench-'))
const video = encode === 'encode' ? await createVideo(join(folder, 'condition.mp4'), { width, height, fps: 30 }) : undefined
/** Shaders are compiled and buffers made in the first frames. */
const warmUp = 5
let frames = -warmUp
let started = 0
let cpu = process.cpuUsage()
for await (const frame of renderCondition(device, scenario, request)) {
  if (frames === 0) {
    started = performance.now()
    cpu = process.cpuUsage()
  }
  frames += 1
  await video?.write(frame)
  if (frames >= clip || (frames > 5 && performance.now() - started > Number(seconds) * 1000)) break
}
const wall = (performance.now() - started) / 1000
const { user, system } = process.cpuUsage(cpu)
await video?.abort()
rmSync(folder, { recursive: true, force: true })
const figures = {
  adapter: device.adapter.kind,
  frames,
  frames_per_s: frames / wall,
  cpu_s_per_frame: (user + system) / 1e6 / frames,
  peak_rss_mib: process.resourceUsage().maxRSS / 1024,
}
process.stdout.write(`${JSON.stringify(figures)}\n`)
device.dispose()
