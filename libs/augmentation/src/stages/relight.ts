import { resizeArea } from '@virga/conditions'
import type { Relight } from '@virga/relight'
import type { CameraSource } from '../source/camera-source.ts'
import { putFrames } from '../stage/frame-blob.ts'
import { rgbShape, type Size } from '../stage/rgb-frames.ts'
import { runStage, type StageResult } from '../stage/run-stage.ts'
import type { StageContext } from '../stage/stage-context.ts'

/** Bump when libs/relight computes other values. */
export const relightVersion = 1

export interface RelightInput {
  readonly source: CameraSource
  readonly relight: Relight
  readonly bundleDigest: string
  /** Name of the look, such as rain-night. */
  readonly look: string
  readonly title: string
  readonly modelSize: Size
}

/** Relights the source at its own size and keeps the area average at the model's size: the base that the network corrects. */
export function relightStage(context: StageContext, input: RelightInput): Promise<StageResult<'small'>> {
  const { source, relight, look, modelSize } = input
  const spec = {
    name: 'relight',
    version: 1,
    title: input.title,
    inputs: { source: source.digest, bundle: input.bundleDigest },
    config: { look, relightVersion, modelSize },
    outputs: ['small'] as const,
    total: source.count,
    unit: 'frames',
  }
  return runStage(context, spec, async ({ advance }) => {
    async function* relit(): AsyncGenerator<Uint8Array> {
      let done = 0
      for await (const { rgb, ...truth } of source.frames()) {
        yield resizeArea(relight.apply(rgb, look, truth), modelSize.width, modelSize.height).data
        advance(++done)
      }
    }
    return { outputs: { small: await putFrames(context.store, rgbShape(modelSize), source.count, relit()) } }
  })
}
