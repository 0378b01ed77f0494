import { edgeControl, resizeArea, resizeLinear, strengthOf, visControl } from '@virga/conditions'
import type { Chain } from '@virga/rendering'
import type { RgbImage } from '@virga/scenario'
import { cropImage } from '../../request/view.ts'
import type { Size } from '../../stage/rgb-frames.ts'
import type { ControlPass, RenderView } from '../control-pass.ts'
import { wideHeight } from '../fit.ts'
import type { FrameSource } from '../frame-source.ts'

export type ImageControl = 'edge' | 'vis'

export interface ImagePassRequest {
  readonly controls: readonly ImageControl[]
  readonly presets: Readonly<Record<ImageControl, string>>
  readonly views: readonly RenderView[]
  /** How each view's size comes about. */
  readonly chains: readonly Chain[]
  /** The camera pictures of each view. */
  readonly sources: readonly FrameSource[]
}

/** edge and vis of camera pictures: each picture is decoded and brought to the video's size once for both. */
export function imagePass({ controls, presets, views, chains, sources }: ImagePassRequest): ControlPass {
  const strengths = { edge: strengthOf(presets.edge), vis: strengthOf(presets.vis) }
  return {
    controls,
    made: Object.fromEntries(
      controls.map((control) => [
        control,
        `preset ${strengths[control]} of ${[...new Set(sources.map(({ digest }) => digest))].join(', ')}`,
      ]),
    ),
    pictures: async function* ({ first, count }, active) {
      for (const view of active) {
        for await (const picture of sources[view].frames(first, count)) {
          const image = fitted(picture, views[view], chains[view])
          for (const control of controls) {
            yield { view, control, image: control === 'edge' ? edgeControl(image, strengths.edge) : visControl(image, strengths.vis) }
          }
        }
      }
    },
  }
}

/** The camera's picture at the video's size: smaller by area, larger by linear interpolation, as the official pre-processing does. */
function fitted(image: RgbImage, { width, height }: Size, chain: Chain): RgbImage {
  if (chain !== 'crop') return resized(image, width, height)
  const whole = resized(image, width, wideHeight(width))
  return cropImage(whole, { x: 0, y: Math.floor((whole.height - height) / 2), width, height })
}

function resized(image: RgbImage, width: number, height: number): RgbImage {
  if (image.width === width && image.height === height) return image
  return image.width >= width && image.height >= height ? resizeArea(image, width, height) : resizeLinear(image, width, height)
}
