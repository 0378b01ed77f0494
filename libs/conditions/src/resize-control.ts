import type { RgbImage } from '@virga/scenario'
import { resizeArea, resizeLinear, resizeNearest } from './resize.ts'
import type { Size } from './sizes.ts'

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

/** A picture at another size for people and for extracting controls: smaller by area, larger linearly. */
export function resizePicture(image: RgbImage, { width, height }: Size): RgbImage {
  if (image.width === width && image.height === height) return image
  return image.width >= width && image.height >= height ? resizeArea(image, width, height) : resizeLinear(image, width, height)
}
