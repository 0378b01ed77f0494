/** Frames per second of encode and decode at 1280x704, one video of moving texture; nothing else is measured. */
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createVideo, openVideo, type Preset } from '../src/index.ts'
import { movingPicture } from '../test/pictures.ts'

const [width, height, frames] = [1280, 704, 120]
const pictures = Array.from({ length: 24 }, (_, i) => movingPicture(width, height, i))
const folder = await mkdtemp(join(tmpdir(), 'virga-video-bench-'))

/** Wall-clock frames per second, and CPU milliseconds a frame over all threads of the process. */
async function measure(action: () => Promise<void>): Promise<{ fps: number; cpuMs: number }> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  await action()
  const used = process.cpuUsage(cpu)
  return { fps: (frames * 1000) / (performance.now() - start), cpuMs: (used.user + used.system) / 1000 / frames }
}

const lines: string[] = []
try {
  for (const preset of ['ultrafast', 'veryfast', 'faster', 'medium'] satisfies Preset[]) {
    const path = join(folder, `${preset}.mp4`)
    const encode = await measure(async () => {
      const video = await createVideo(path, { width, height, fps: 24, preset })
      for (let i = 0; i < frames; i++) {
        const picture = pictures[i % pictures.length]
        if (picture !== undefined) await video.write(picture)
      }
      await video.finish()
    })
    const decode = await measure(async () => {
      const video = await openVideo(path)
      let count = 0
      for await (const _ of video) count++
      if (count !== frames) throw new Error(`${count} frames decoded`)
    })
    const { size } = await stat(path)
    lines.push(`encode-1280x704-${preset} libx264 frames/s ${encode.fps.toFixed(1)}`)
    lines.push(`encode-1280x704-${preset} libx264 cpu-ms/frame ${encode.cpuMs.toFixed(1)}`)
    lines.push(`encode-1280x704-${preset} libx264 bytes/frame ${(size / frames).toFixed(0)}`)
    lines.push(`decode-1280x704-${preset} ffmpeg frames/s ${decode.fps.toFixed(1)}`)
  }
  lines.push(`peak-memory node MiB ${(process.resourceUsage().maxRSS / 1024).toFixed(0)}`)
} finally {
  await rm(folder, { recursive: true, force: true })
}
process.stdout.write(lines.join('\n') + '\n')
