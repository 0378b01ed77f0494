import { resizeArea } from '@virga/conditions'
import type { Relight } from '@virga/relight'
import type { Canvas } from '../source/canvas.ts'
import { putFrames } from '../stage/frame-blob.ts'
import { rgbShape, type Size } from '../stage/rgb-frames.ts'
import { runStage, type StageResult } from '../stage/run-stage.ts'
import type { StageContext } from '../stage/stage-context.ts'

/** Bump when libs/relight computes other values. */
export const relightVersion = 2

export interface RelightInput {
  readonly canvas: Canvas
  readonly relight: Relight
  readonly bundleDigest: string
  /** Name of the look, such as rain-night. */
  readonly look: string
  readonly title: string
  readonly modelSize: Size
}

/**
 * Relights the camera video, or paints the labels, at its own size and keeps the area average at the model's size: what the network begins
 * from. The frames at their own size are made again where they are needed: keeping them would take more than making them.
 */
export function relightStage(context: StageContext, input: RelightInput): Promise<StageResult<'small'>> {
  const { canvas, relight, look, modelSize } = input
  const spec = {
    name: canvas.kind,
    version: 1,
    title: input.title,
    inputs: { source: canvas.digest, bundle: input.bundleDigest },
    config: { look, mode: canvas.mode, relightVersion, modelSize },
    outputs: ['small'] as const,
    total: canvas.count,
    unit: 'frames',
  }
  return runStage(context, spec, async ({ advance }) => {
    async function* relit(): AsyncGenerator<Uint8Array> {
      let done = 0
      for await (const { picture, geometry } of canvas.frames()) {
        yield resizeArea(relight.apply(canvas.mode, look, picture, geometry), modelSize.width, modelSize.height).data
        advance(++done)
      }
    }
    return { outputs: { small: await putFrames(context.store, rgbShape(modelSize), canvas.count, relit()) } }
  })
}
