import { resizeArea } from '@virga/conditions'
import type { BlobRef } from '../ports/blob-store.ts'
import type { CameraSource } from '../source/camera-source.ts'
import { fanOut, Lane } from '../stage/fan-out.ts'
import { putFrames } from '../stage/frame-blob.ts'
import { rgbShape, type Size } from '../stage/rgb-frames.ts'
import { runStage, type StageResult } from '../stage/run-stage.ts'
import type { StageContext } from '../stage/stage-context.ts'
import { putVideo, videoEncoding } from '../stage/video-blob.ts'
import type { RgbImage } from '@virga/scenario'

export interface SourceFramesInput {
  readonly source: CameraSource
  readonly title: string
  readonly modelSize: Size
  readonly fps: number
}

/** One pass over the source camera: its video for people, and its frames at the model's size (area average) without loss. */
export function sourceFramesStage(context: StageContext, input: SourceFramesInput): Promise<StageResult<'small' | 'video'>> {
  const { source, modelSize, fps } = input
  const { width, height, count } = source
  const spec = {
    name: 'source-frames',
    version: 1,
    title: input.title,
    inputs: { source: source.digest },
    config: { modelSize, fps, encoding: videoEncoding },
    outputs: ['small', 'video'] as const,
    total: count,
    unit: 'frames',
  }
  return runStage(context, spec, async ({ advance }) => {
    const small = new Lane<Uint8Array>()
    const large = new Lane<RgbImage>()
    const [smallRef, video] = await fanOut<[BlobRef, BlobRef]>(
      [small, large],
      async () => {
        let done = 0
        for await (const { rgb } of source.frames()) {
          await small.push(resizeArea(rgb, modelSize.width, modelSize.height).data)
          await large.push(rgb)
          advance(++done)
        }
      },
      [
        putFrames(context.store, rgbShape(modelSize), count, small),
        putVideo(context, { width, height, fps, comment: 'Source video as Virga read it' }, large),
      ],
    )
    return { outputs: { small: smallRef, video } }
  })
}
