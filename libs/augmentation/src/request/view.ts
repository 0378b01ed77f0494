import type { Camera, CameraModel, RgbImage } from '@virga/scenario'

/** The part of a camera's image that is worked on, in whole pixels of the camera's own image. */
export interface View {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/**
 * The largest window of the wanted aspect ratio in the camera's image, centred on the principal point as far as the image reaches.
 *
 * A model works at one aspect ratio; a window keeps angles and shapes as they are where stretching a portrait image would not. Sizes are
 * even, as video asks.
 *
 * @param aspect width / height
 */
export function viewOf(camera: Camera, aspect: number): View {
  const even = (value: number) => Math.max(2, 2 * Math.floor(value / 2))
  // Up to one percent of difference is taken as the same ratio: 640x352 and 1280x704 differ from 16:9 only by rounding to blocks.
  const same = Math.abs(camera.width / camera.height / aspect - 1) < 0.01
  const width = even(same ? camera.width : Math.min(camera.width, camera.height * aspect))
  const height = even(same ? camera.height : Math.min(camera.height, camera.width / aspect))
  const place = (centre: number, size: number, whole: number) => Math.round(Math.min(Math.max(centre - size / 2, 0), whole - size))
  return { x: place(camera.model.cx, width, camera.width), y: place(camera.model.cy, height, camera.height), width, height }
}

/** The camera that sees just the view: same lens, principal point moved. */
export function cropCamera(camera: Camera, view: View): Camera {
  const model: CameraModel = { ...camera.model, cx: camera.model.cx - view.x, cy: camera.model.cy - view.y }
  return { ...camera, model, width: view.width, height: view.height }
}

/** The view's pixels of an image of the camera's size. */
export function cropImage(image: RgbImage, view: View): RgbImage {
  if (view.x === 0 && view.y === 0 && view.width === image.width && view.height === image.height) return image
  const data = new Uint8Array(view.width * view.height * 3)
  for (let row = 0; row < view.height; row++) {
    const from = ((view.y + row) * image.width + view.x) * 3
    data.set(image.data.subarray(from, from + view.width * 3), row * view.width * 3)
  }
  return { width: view.width, height: view.height, data }
}
