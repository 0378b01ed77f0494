/**
 * One measurement in a process of its own, so that its peak memory is its own:
 *
 *   node tools/run.mjs libs/rendering/bench/case.ts <style> <views 1..6> <chain> <none|encode> <seconds at most>
 *
 * Prints a JSON object. VIRGA_ADAPTER chooses the adapter.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createVideo } from '@virga/video'
import { type Chain, openRenderDevice, type RenderDevice, renderRig, styleNamed } from '../src/index.ts'
import { benchDrive } from './real-drive.ts'
import { rig } from './rig.ts'

const [styleName = 'hdmap-v1', viewCount = '1', chain = 'resize', encode = 'none', seconds = '10'] = process.argv.slice(2)
const style = styleNamed(styleName)
const size = { width: 1280, height: chain === 'direct' ? 720 : 704 }
const views = rig.slice(0, Number(viewCount)).map((camera) => ({ camera, ...size }))
const { name, scenario } = benchDrive(style.needs === 'sweeps' ? 100_000 : 0)
const timesUs = Array.from({ length: 299 }, (_, i) => scenario.startUs + Math.round((i * 1e6) / 30))

let device: RenderDevice | undefined
const openDevice = async (): Promise<RenderDevice> => (device ??= await openRenderDevice())

const folder = mkdtempSync(join(tmpdir(), 'virga-bench-'))
const open = (view: number): ReturnType<typeof createVideo> =>
  // As the reference tool writes its videos.
  createVideo(join(folder, `${view}.mp4`), { ...size, fps: 30, crf: 18, preset: 'slow' })
const videos = encode === 'encode' ? await Promise.all(views.map((_, view) => open(view))) : []

/** Times around the loop until shaders are compiled, shapes and buffers made. */
const warmUp = 6
let frames = 0
let started = 0
let cpu = process.cpuUsage()
for await (const { view, frame, image } of renderRig(openDevice, scenario, { views, style, timesUs, chain: chain as Chain })) {
  if (frame === warmUp && view === 0) {
    started = performance.now()
    cpu = process.cpuUsage()
    frames = 0
  }
  frames += 1
  await videos[view]?.write(image)
  if (frame > warmUp + 2 && performance.now() - started > Number(seconds) * 1000) break
}
const wall = (performance.now() - started) / 1000
const { user, system } = process.cpuUsage(cpu)
for (const video of videos) await video.abort()
rmSync(folder, { recursive: true, force: true })
const figures = {
  drive: name,
  adapter: device?.adapter.kind ?? 'none',
  frames,
  frames_per_s: frames / wall,
  cpu_s_per_frame: (user + system) / 1e6 / frames,
  peak_rss_mib: process.resourceUsage().maxRSS / 1024,
}
process.stdout.write(`${JSON.stringify(figures)}\n`)
device?.dispose()
