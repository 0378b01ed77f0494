import type { ClipPlan } from '@virga/diffusion'
import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { expectSize } from './frames.ts'

/** A video whose frames are read when a clip needs them, so that a long one is never in memory as a whole. */
export interface VideoReader {
  /** How many frames there are. */
  readonly count: number
  /** Frames `first` to `first + count - 1` in order, all within the video. Clips ask from front to back; they may share frames. */
  read(first: number, count: number): AsyncIterable<RgbImage> | Iterable<RgbImage>
}

/** Frames at hand, or read clip by clip. */
export type VideoInput = readonly RgbImage[] | VideoReader

export function readerOf(video: VideoInput): VideoReader {
  if ('read' in video) return video
  return { count: video.length, read: (first, count) => video.slice(first, first + count) }
}

/**
 * The frames of a clip, the last one repeated as padding.
 *
 * @param what named in errors
 * @throws VirgaError VIRGA_BAD_INPUT for a frame of another size, or fewer frames than the clip reads
 */
export async function readClip(
  video: VideoReader,
  clip: ClipPlan,
  size: { width: number; height: number },
  what: string,
): Promise<RgbImage[]> {
  const real = clip.last - clip.first + 1
  const frames: RgbImage[] = []
  for await (const frame of video.read(clip.first, real)) {
    expectSize(frame, size, clip.first + frames.length, what)
    frames.push(frame)
  }
  if (frames.length !== real)
    throw new VirgaError('VIRGA_BAD_INPUT', `${what} ended after frame ${clip.first + frames.length}`, {
      expected: `frames ${clip.first} to ${clip.last}`,
    })
  while (frames.length < clip.frames) frames.push(frames[frames.length - 1])
  return frames
}
