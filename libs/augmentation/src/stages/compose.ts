/// <reference lib="es2025.float16" />
import { createDetailTransfer, type Relight } from '@virga/relight'
import type { RgbImage } from '@virga/scenario'
import type { BlobRef } from '../ports/blob-store.ts'
import type { Canvas } from '../source/canvas.ts'
import { getFrames } from '../stage/frame-blob.ts'
import { rgbFrames, type Size } from '../stage/rgb-frames.ts'
import { runStage, type StageResult } from '../stage/run-stage.ts'
import type { StageContext } from '../stage/stage-context.ts'
import { putVideo, videoEncoding } from '../stage/video-blob.ts'
import { deltaShape } from './generate.ts'
import { relightVersion } from './relight.ts'

export interface ComposeInput {
  readonly title: string
  readonly bundleDigest: string
  readonly look: string
  readonly modelSize: Size
  readonly count: number
  readonly fps: number
  /** Written into the file. */
  readonly comment: string
  /** What the generate stage made. */
  readonly generated: BlobRef
  /** What the change is put onto. Without, the generated frames are the video. */
  readonly onto?: { readonly canvas: Canvas; readonly relight: Relight; readonly detail: Readonly<Record<string, unknown>> }
}

/**
 * Makes the variant's video. Detail transfer: the relit or painted frame at its own size, plus the generated change carried over by the
 * guided, time-averaged filter, whose guide is the camera's frame, else the painted one. Without: the generated frames.
 */
export function composeStage(context: StageContext, input: ComposeInput): Promise<StageResult<'video'>> {
  const { modelSize, onto, count, fps, look } = input
  const size: Size = onto === undefined ? modelSize : { width: onto.canvas.width, height: onto.canvas.height }
  const spec = {
    name: onto === undefined ? 'encode' : 'detail-transfer',
    version: 1,
    title: input.title,
    inputs: {
      generated: input.generated.sha256,
      ...(onto === undefined ? {} : { source: onto.canvas.digest, bundle: input.bundleDigest }),
    },
    config: {
      modelSize,
      size,
      count,
      fps,
      comment: input.comment,
      encoding: videoEncoding,
      ...(onto === undefined ? {} : { look, mode: onto.canvas.mode, relightVersion, detail: onto.detail }),
    },
    outputs: ['video'] as const,
    total: count,
    unit: 'frames',
  }
  return runStage(context, spec, async ({ advance }) => {
    const frames = onto === undefined ? rgbFrames(context.store, input.generated, modelSize) : composed(context, input, onto)
    async function* counted(): AsyncGenerator<RgbImage> {
      let done = 0
      for await (const frame of frames) {
        yield frame
        advance(++done)
      }
    }
    const video = await putVideo(context, { ...size, fps, comment: input.comment }, counted())
    return { outputs: { video } }
  })
}

async function* composed(context: StageContext, input: ComposeInput, onto: NonNullable<ComposeInput['onto']>): AsyncGenerator<RgbImage> {
  const { canvas, relight, detail } = onto
  const transfer = createDetailTransfer({ ...detail, ...input.modelSize })
  const deltas = getFrames(context.store, input.generated, deltaShape(input.modelSize))
  try {
    for await (const { picture, geometry } of canvas.frames()) {
      const delta = (await deltas.next()).value as Float16Array
      const relit = relight.apply(canvas.mode, input.look, picture, geometry)
      yield* transfer.push(picture.data === undefined ? relit : picture, relit, Float32Array.from(delta))
    }
    yield* transfer.flush()
  } finally {
    await deltas.return(undefined)
  }
}
