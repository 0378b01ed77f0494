import { edgeControl, strengthOf, visControl } from '@virga/conditions'
import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import type { BlobRef } from '../ports/blob-store.ts'
import { fanOut, Lane } from '../stage/fan-out.ts'
import { putFrames } from '../stage/frame-blob.ts'
import { rgbFrames, rgbShape, type Size } from '../stage/rgb-frames.ts'
import { runStage, type StageResult } from '../stage/run-stage.ts'
import type { StageContext } from '../stage/stage-context.ts'
import { putVideo, videoEncoding } from '../stage/video-blob.ts'

/** Controls that are computed from the source picture. Bump when libs/conditions computes other values. */
const controlsVersion = 1

export const imageControls = ['vis', 'edge'] as const
export type ImageControl = (typeof imageControls)[number]

export interface ImageControlInput {
  readonly control: ImageControl
  readonly preset: string
  readonly cameraName: string
  /** Source frames at the model's size. */
  readonly small: BlobRef
  readonly modelSize: Size
  readonly count: number
  readonly fps: number
}

/** Computes vis or edge from the source at the model's size, as the model was trained. */
export function imageControlStage(context: StageContext, input: ImageControlInput): Promise<StageResult<'frames' | 'video'>> {
  const { control, preset, modelSize, count, fps } = input
  const strength = strengthOf(preset)
  const spec = {
    name: 'image-control',
    version: 1,
    title: `compute ${control} (${input.cameraName})`,
    inputs: { small: input.small.sha256 },
    config: { control, preset, controlsVersion, modelSize, count, fps, encoding: videoEncoding },
    outputs: ['frames', 'video'] as const,
    total: count,
    unit: 'frames',
  }
  return runStage(context, spec, async ({ advance }) => {
    const frames = new Lane<Uint8Array>()
    const images = new Lane<RgbImage>()
    const [framesRef, video] = await fanOut<[BlobRef, BlobRef]>(
      [frames, images],
      async () => {
        let done = 0
        for await (const image of rgbFrames(context.store, input.small, modelSize)) {
          const condition = apply(control, image, strength)
          await frames.push(condition.data)
          await images.push(condition)
          advance(++done)
        }
      },
      [
        putFrames(context.store, rgbShape(modelSize), count, frames),
        putVideo(context, { ...modelSize, fps, comment: `Virga condition ${control}, preset ${preset}` }, images),
      ],
    )
    return { outputs: { frames: framesRef, video }, facts: { preset } }
  })
}

function apply(control: ImageControl, image: RgbImage, strength: ReturnType<typeof strengthOf>): RgbImage {
  switch (control) {
    case 'vis':
      return visControl(image, strength)
    case 'edge':
      return edgeControl(image, strength)
    default:
      throw new VirgaError('VIRGA_INTERNAL', `no such image control: ${String(control)}`)
  }
}
