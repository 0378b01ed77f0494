import { VirgaError } from '@virga/errors'
import { type Micros, nearestIndex, type RgbImage } from '@virga/scenario'
import { openVideo } from '@virga/video'

/** A video file given by the user, on the frame grid of a drive. */
export interface GridVideo {
  readonly path: string
  readonly width: number
  readonly height: number
  /** Pictures of frames `first` to `first + count - 1` of the grid, in the video's own size. Decoded in one pass. */
  frames(first: number, count: number): AsyncGenerator<RgbImage, void, undefined>
  close(): Promise<void>
}

/**
 * Opens a video that begins when the drive begins: a frame of the grid shows the picture nearest to it in time, so a video at another rate
 * repeats or skips pictures and none is blended.
 *
 * @param what what the video is for, named in errors
 * @throws VirgaError VIRGA_BAD_INPUT when the video ends more than half a frame of its own before the last frame of the grid
 */
export async function openVideoOnGrid(path: string, what: string, startUs: Micros, timesUs: readonly Micros[]): Promise<GridVideo> {
  const video = await openVideo(path)
  const step = 1e6 / video.fps
  const times = video.timesUs ?? Float64Array.from({ length: video.frames }, (_, i) => i * step)
  const reach = times[times.length - 1] + step
  const short = timesUs.findIndex((time) => time - startUs >= reach)
  if (short >= 0) {
    await video.close()
    throw new VirgaError(
      'VIRGA_BAD_INPUT',
      `the video for ${what} is shorter than asked: ${video.frames} frames at ${video.fps}/s (${(reach / 1e6).toFixed(2)} s)`,
      {
        file: path,
        record: `frame ${short} of ${timesUs.length}`,
        expected: `pictures up to ${((timesUs[timesUs.length - 1] - startUs) / 1e6).toFixed(2)} s after the start of the drive`,
      },
    )
  }
  const indices = timesUs.map((time) => nearestIndex(times, time - startUs))
  return {
    path,
    width: video.width,
    height: video.height,
    frames: async function* (first, count) {
      const wanted = indices.slice(first, first + count)
      if (wanted.length === 0) return
      const [start, end] = [wanted[0], wanted[wanted.length - 1]]
      const reader = video.read({ start, count: end - start + 1 })
      try {
        let held = -1
        let image: RgbImage | undefined
        for (const index of wanted) {
          while (start + held < index) {
            const { value, done } = await reader.next()
            if (done === true) throw new VirgaError('VIRGA_VIDEO', 'the video ended early', { file: path, record: index })
            held += 1
            image = value
          }
          yield image as RgbImage
        }
      } finally {
        await reader.return()
      }
    },
    close: () => video.close(),
  }
}
