/// <reference lib="es2025.float16" />
import { createDetailTransfer, type Relight } from '@virga/relight'
import type { RgbImage } from '@virga/scenario'
import type { BlobRef } from '../ports/blob-store.ts'
import type { CameraSource } from '../source/camera-source.ts'
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
  /** With camera video: what the change is put onto. Without, the generated frames are the video. */
  readonly onto?: { readonly source: CameraSource; readonly relight: Relight; readonly detail: Readonly<Record<string, unknown>> }
}

/**
 * Makes the variant's video. With camera video: the source frame relit at its own size, plus the generated change carried over by the
 * guided, time-averaged filter with the source as guide. Without: the generated frames.
 */
export function composeStage(context: StageContext, input: ComposeInput): Promise<StageResult<'video'>> {
  const { modelSize, onto, count, fps, look } = input
  const size: Size = onto === undefined ? modelSize : { width: onto.source.width, height: onto.source.height }
  const spec = {
    name: 'compose',
    version: 1,
    title: input.title,
    inputs: {
      generated: input.generated.sha256,
      ...(onto === undefined ? {} : { source: onto.source.digest, bundle: input.bundleDigest }),
    },
    config: {
      look,
      modelSize,
      size,
      count,
      fps,
      comment: input.comment,
      relightVersion,
      detail: onto?.detail ?? null,
      encoding: videoEncoding,
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
  const { source, relight, detail } = onto
  const transfer = createDetailTransfer({ ...detail, ...input.modelSize })
  const deltas = getFrames(context.store, input.generated, deltaShape(input.modelSize))
  try {
    for await (const { rgb, ...truth } of source.frames()) {
      const delta = (await deltas.next()).value as Float16Array
      yield* transfer.push(rgb, relight.apply(rgb, input.look, truth), Float32Array.from(delta))
    }
    yield* transfer.flush()
  } finally {
    await deltas.return(undefined)
  }
}
