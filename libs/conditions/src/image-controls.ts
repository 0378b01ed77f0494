import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { edgeControl, visControl } from './controls.ts'
import type { Strength } from './presets.ts'

/** A control that is computed from camera pictures. */
export type ImageControlName = 'edge' | 'vis'

export interface ImageControlRequest {
  readonly control: ImageControlName
  readonly preset: Strength
}

/** Pictures by control, all of one frame. */
export type ControlPictures = Partial<Record<ImageControlName, RgbImage>>

const apply: Readonly<Record<ImageControlName, (image: RgbImage, preset: Strength) => RgbImage>> = { edge: edgeControl, vis: visControl }

/**
 * Several controls of one video in one pass: each frame is taken from the source once, and all that is kept is that frame.
 *
 * @throws VirgaError VIRGA_USAGE when a control is asked for twice; whatever the source throws
 */
export async function* imageControls(
  source: AsyncIterable<RgbImage> | Iterable<RgbImage>,
  requests: readonly ImageControlRequest[],
): AsyncGenerator<ControlPictures, void> {
  const twice = requests.find(({ control }, i) => requests.findIndex((other) => other.control === control) !== i)
  if (twice !== undefined) throw new VirgaError('VIRGA_USAGE', `control ${twice.control} is asked for twice`, { field: 'control' })
  for await (const image of source) {
    yield Object.fromEntries(requests.map(({ control, preset }) => [control, apply[control](image, preset)]))
  }
}
