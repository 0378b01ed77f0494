import { VirgaError } from '@virga/errors'
import type { Chain } from '@virga/rendering'
import { type Camera, scaleCamera } from '@virga/scenario'
import { cropCamera, type View } from '../request/view.ts'
import type { Size } from '../stage/rgb-frames.ts'

/** `auto`: the chain of the style's own training videos where the camera and the size are of its shape, else straight. */
export const fits = ['auto', 'direct', 'resize', 'crop'] as const
export type Fit = (typeof fits)[number]

/** The toolkit refuses cameras whose two ratios differ by more (Cosmos-Drive-Dreams, f-theta rescale). */
const sameShape = 0.02

const isWide = ({ width, height }: Size): boolean => Math.abs((width / height) * (9 / 16) - 1) < sameShape

/** Height of 16:9 at a width. */
export const wideHeight = (width: number): number => Math.round((width * 9) / 16)

/** The size of a 16:9 camera's videos that the models were trained on: 1280x704, or 1280x720 for styles that are drawn straight. */
export function trainedSize(camera: Camera, chain: Chain): Size | undefined {
  if (!isWide(camera)) return undefined
  return { width: 1280, height: chain === 'direct' ? 720 : 704 }
}

/**
 * How a camera's picture of a size comes about.
 *
 * @throws VirgaError VIRGA_USAGE when a resize or crop is asked for where it cannot be: a camera that is not 16:9, or a cut higher than the picture
 */
export function chainOf(fit: Fit, styleChain: Chain, camera: Camera, size: Size): Chain {
  const whole = wideHeight(size.width)
  const isTrained = isWide(camera) && size.height <= whole && size.height > 0.95 * whole
  if (fit === 'auto') return isTrained ? styleChain : 'direct'
  if (fit === 'direct') return 'direct'
  const expected = `a 16:9 camera${fit === 'crop' ? ` and at most ${whole} rows at this width` : ''}; --fit direct scales any camera`
  if (!isWide(camera) || (fit === 'crop' && size.height > whole)) {
    throw new VirgaError(
      'VIRGA_USAGE',
      `camera ${camera.name} (${camera.width}x${camera.height}) cannot be fitted by ${fit} to ${size.width}x${size.height}`,
      {
        field: 'fit',
        expected,
      },
    )
  }
  return fit
}

/** The camera as it sees a picture that comes about by a chain, for controls that are computed at the picture's own size. */
export function cameraOfPicture(camera: Camera, chain: Chain, { width, height }: Size): Camera {
  if (chain !== 'crop') return scaleCamera(camera, width, height)
  const whole = scaleCamera(camera, width, wideHeight(width))
  return cropCamera(whole, { x: 0, y: Math.floor((whole.height - height) / 2), width, height })
}

/** The part of the camera's own image that such a picture shows; undefined when it is all of it. */
export function windowOfPicture({ width, height }: Camera, chain: Chain, size: Size): View | undefined {
  if (chain !== 'crop') return undefined
  const rows = Math.round((height * size.height) / wideHeight(size.width))
  return { x: 0, y: Math.floor((height - rows) / 2), width, height: rows }
}
