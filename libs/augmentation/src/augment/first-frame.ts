import { resizePicture } from '@virga/conditions'
import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { cropImage } from '../request/view.ts'
import type { CameraSetting } from './camera-setting.ts'

/** Shapes that differ by less than this share count as one: sizes in whole blocks differ by as much. */
const sameShape = 0.01

/**
 * A picture given as the first frame, at the model's size. One of the camera's size is cut to the camera's view, as the camera's own pictures are;
 * one of the model's shape is taken whole. Then it is resized: smaller by area, larger linearly. Nothing is stretched and no bars are added.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming the file when it is neither of the camera's size nor of the model's shape
 */
export function firstFrameOf(
  { file, image }: { readonly file: string; readonly image: RgbImage },
  { request, camera, view }: Pick<CameraSetting, 'request' | 'camera' | 'view'>,
): RgbImage {
  const { width, height } = request.bundle.manifest.video
  const isCameras = image.width === camera.width && image.height === camera.height
  const shown = isCameras ? cropImage(image, view) : image
  if (Math.abs((shown.width / shown.height) * (height / width) - 1) > sameShape)
    throw new VirgaError('VIRGA_BAD_INPUT', `a first frame of ${image.width}x${image.height}`, {
      file,
      field: 'first-frame',
      expected: `${camera.width}x${camera.height} as camera ${camera.name} takes them, or the shape of ${width}x${height} at any size`,
    })
  return resizePicture(shown, { width, height })
}
