import { createVideo } from '@virga/video'
import type { RgbImage } from '@virga/scenario'
import type { BlobRef } from '../ports/blob-store.ts'
import type { StageContext } from './stage-context.ts'
import type { Size } from './rgb-frames.ts'

/** How published videos are encoded: part of the key of every stage that makes one. Bump the version when libs/video encodes otherwise. */
export const videoEncoding = { codec: 'h264', pixelFormat: 'yuv420p', preset: 'veryfast', crf: 16, encoderVersion: 1 } as const

export interface VideoBlobOptions extends Size {
  readonly fps: number
  /** Written into the file: what it is and that it is AI-generated, where it is. */
  readonly comment: string
}

/**
 * Encodes frames as they come into an mp4 blob.
 *
 * @throws VirgaError of libs/video; leaves no file behind
 */
export async function putVideo(
  context: StageContext,
  options: VideoBlobOptions,
  frames: AsyncIterable<RgbImage> | Iterable<RgbImage>,
): Promise<BlobRef> {
  const path = context.scratch('.mp4')
  const { width, height, fps, comment } = options
  const sink = await createVideo(path, { width, height, fps, comment, preset: videoEncoding.preset, crf: videoEncoding.crf })
  try {
    for await (const frame of frames) await sink.write(frame)
    await sink.finish()
  } catch (error) {
    await sink.abort()
    throw error
  }
  return context.store.putFile(path)
}
