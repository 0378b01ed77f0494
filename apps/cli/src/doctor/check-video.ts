import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Check } from './check.ts'

const [width, height, frames] = [64, 32, 5]

/** Encodes a few frames, decodes them again and compares. */
export async function checkVideo(): Promise<Check[]> {
  const { createVideo, openVideo } = await import('@virga/video')
  const folder = await mkdtemp(join(tmpdir(), 'virga-doctor-'))
  try {
    const path = join(folder, 'trial.mp4')
    const sink = await createVideo(path, { width, height, fps: 24 })
    for (let i = 0; i < frames; i++) await sink.write({ width, height, data: new Uint8Array(width * height * 3).fill(40 * i) })
    await sink.finish()
    const video = await openVideo(path)
    let worst = 0
    let count = 0
    for await (const image of video) worst = Math.max(worst, Math.abs((image.data[0] ?? 0) - 40 * count++))
    await video.close()
    const isRight = count === frames && worst <= 4
    return [
      {
        name: 'video',
        state: isRight ? 'ok' : 'failed',
        detail: `H.264: ${count} of ${frames} frames back, largest error ${worst} of 255`,
      },
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
