import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { resizeArea, resizeLinear, resizeNearest } from './resize.ts'
import type { Size } from './sizes.ts'

/** A video that somebody gives as a control: what `openVideo` of libs/video returns. */
export interface GivenVideo {
  /** For messages. */
  readonly path: string
  readonly frames: number
  read(range?: { readonly start?: number; readonly count?: number }): AsyncIterable<RgbImage>
}

/**
 * The official pre-processing's resize to the clip's size, by what the picture is: the camera's own video by area, every control linearly, `seg` by
 * nearest pixel, so that no colour appears that is no label (cosmos-transfer1, inference_utils.py). All are plain stretches, width and
 * height each by its own factor: nothing is cropped and no bars are added.
 */
export function resizeControl(image: RgbImage, { width, height }: Size, what: string): RgbImage {
  if (image.width === width && image.height === height) return image
  if (what === 'seg') return resizeNearest(image, width, height)
  return what === 'video' ? resizeArea(image, width, height) : resizeLinear(image, width, height)
}

/**
 * Frames of a given video at the clip's size. Frame i of the video is frame i of the clip; a video that is longer is cut.
 *
 * @param control the control that it stands for, or `video` for the camera's own
 * @throws VirgaError VIRGA_OUT_OF_RANGE when the video is shorter than what is asked for, naming the file and both lengths
 */
export async function* givenControl(
  video: GivenVideo,
  control: string,
  size: Size,
  { start = 0, count }: { readonly start?: number; readonly count: number },
): AsyncGenerator<RgbImage, void> {
  requireFrames(video, control, start + count)
  for await (const image of video.read({ start, count })) yield resizeControl(image, size, control)
}

/** @throws VirgaError VIRGA_OUT_OF_RANGE when the video has fewer frames than that */
export function requireFrames({ path, frames }: Pick<GivenVideo, 'path' | 'frames'>, control: string, wanted: number): void {
  if (frames >= wanted) return
  throw new VirgaError('VIRGA_OUT_OF_RANGE', `the video given for ${control} has ${frames} frames, ${wanted} are asked for`, {
    file: path,
    field: control,
    expected: `at least ${wanted} frames, or fewer asked for`,
  })
}
