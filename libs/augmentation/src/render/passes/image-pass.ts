import { availableParallelism } from 'node:os'
import { imageControls, resizePicture, strengthOf } from '@virga/conditions'
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

/** Threads for vis, which is dear: none where this one and the decoder have the processors to themselves. */
const threads = availableParallelism() > 2 ? Math.min(availableParallelism() - 1, 8) : 0

/** edge and vis of camera pictures: each picture is decoded and brought to the video's size once for both. */
export function imagePass({ controls, presets, views, chains, sources }: ImagePassRequest): ControlPass {
  const strengths = { edge: strengthOf(presets.edge), vis: strengthOf(presets.vis) }
  const requests = controls.map((control) => ({ control, preset: strengths[control] }))
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
        const frames = allFitted(sources[view].frames(first, count), views[view], chains[view])
        for await (const made of imageControls(frames, requests, controls.includes('vis') ? threads : 0)) {
          for (const control of controls) yield { view, control, image: made[control] as RgbImage }
        }
      }
    },
  }
}

async function* allFitted(pictures: AsyncIterable<RgbImage>, size: Size, chain: Chain): AsyncGenerator<RgbImage, void> {
  for await (const picture of pictures) yield fitted(picture, size, chain)
}

/** The camera's picture at the video's size: smaller by area, larger by linear interpolation, as the official pre-processing does. */
function fitted(image: RgbImage, { width, height }: Size, chain: Chain): RgbImage {
  if (chain !== 'crop') return resizePicture(image, { width, height })
  const whole = resizePicture(image, { width, height: wideHeight(width) })
  return cropImage(whole, { x: 0, y: Math.floor((whole.height - height) / 2), width, height })
}
