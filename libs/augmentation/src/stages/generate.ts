/// <reference lib="es2025.float16" />
import type { Bundle, ClipGenerator, ControlMapFrames } from '@virga/models'
import type { BlobRef } from '../ports/blob-store.ts'
import { type FrameShape, putFrames } from '../stage/frame-blob.ts'
import { allRgbFrames, rgbShape, type Size } from '../stage/rgb-frames.ts'
import { runStage, type StageResult } from '../stage/run-stage.ts'
import type { StageContext } from '../stage/stage-context.ts'

/** Bump when libs/models or libs/diffusion compute other values. */
const generatorVersion = 1

export interface GenerateInput {
  readonly bundle: Bundle
  readonly openGenerator: () => Promise<ClipGenerator>
  /** Providers in the order in which they are tried, and threads within an operator: both can change the last bits. */
  readonly execution: { readonly providers: readonly string[]; readonly threads: number }
  readonly title: string
  readonly look: string
  readonly prompt?: string
  readonly seed: number
  readonly steps: number
  readonly count: number
  readonly fps: number
  readonly modelSize: Size
  /** Control frames at the model's size, with their weights. */
  readonly controls: Readonly<Record<string, { readonly frames: BlobRef; readonly weight: number }>>
  /** In place of the controls' weights. */
  readonly controlMap?: { readonly blobs: readonly BlobRef[]; readonly map: ControlMapFrames }
  readonly negativePrompt?: string
  readonly guidance?: number
  /** The relit source at the model's size, where there is camera video. */
  readonly base?: BlobRef
}

/**
 * What the network adds. With camera video `result` is the change, generated minus reconstructed base, half floats in 0..1 colour
 * units; without, the generated frames, 8-bit RGB.
 */
export function generateStage(context: StageContext, input: GenerateInput): Promise<StageResult<'result'>> {
  const { bundle, controls, base, look, seed, steps, count, fps, modelSize } = input
  const names = Object.keys(controls).sort()
  const spec = {
    name: 'generate',
    version: 1,
    title: input.title,
    inputs: {
      bundle: bundle.digest,
      ...Object.fromEntries(names.map((name) => [`control:${name}`, (controls[name] as { frames: BlobRef }).frames.sha256])),
      ...(base === undefined ? {} : { base: base.sha256 }),
      ...Object.fromEntries((input.controlMap?.blobs ?? []).map(({ sha256 }, i) => [`control-map:${i}`, sha256])),
    },
    config: {
      generatorVersion,
      look,
      prompt: input.prompt ?? null,
      seed,
      steps,
      count,
      fps,
      weights:
        input.controlMap === undefined
          ? Object.fromEntries(names.map((name) => [name, (controls[name] as { weight: number }).weight]))
          : 'map',
      // Left out where they are not given, so that stages of before keep their keys.
      ...(input.negativePrompt === undefined ? {} : { negativePrompt: input.negativePrompt }),
      ...(input.guidance === undefined ? {} : { guidance: input.guidance }),
      precision: 'float32',
      execution: input.execution,
    },
    outputs: ['result'] as const,
    unit: 'steps',
    ...(steps > 0 ? { total: steps } : {}),
  }
  return runStage(context, spec, async ({ advance }) => {
    const generator = await input.openGenerator()
    const load = (ref: BlobRef) => allRgbFrames(context.store, ref, modelSize)
    const inputs: Record<string, { frames: Awaited<ReturnType<typeof load>>; weight: number }> = {}
    for (const name of names) {
      const { frames, weight } = controls[name] as { frames: BlobRef; weight: number }
      inputs[name] = { frames: await load(frames), weight }
    }
    const made = await generator.generate({
      frames: count,
      controls: inputs,
      look,
      seed,
      steps,
      fps,
      ...(input.prompt === undefined ? {} : { prompt: input.prompt }),
      ...(input.negativePrompt === undefined ? {} : { negativePrompt: input.negativePrompt }),
      ...(input.guidance === undefined ? {} : { guidance: input.guidance }),
      ...(input.controlMap === undefined ? {} : { controlMap: input.controlMap.map }),
      ...(base === undefined ? {} : { baseVideo: await load(base) }),
      ...(context.signal === undefined ? {} : { signal: context.signal }),
      onStep: ({ clip, clips, step, steps: ofClip }) =>
        advance(Math.min(steps, Math.round(((clip + (step + 1) / ofClip) / clips) * steps))),
    })
    const result =
      base !== undefined && made.delta !== undefined
        ? await putFrames(context.store, deltaShape(modelSize), count, halves(made.delta))
        : await putFrames(
            context.store,
            rgbShape(modelSize),
            count,
            made.frames.map(({ data }) => data),
          )
    const { effectiveProvider, guidance, sigmaMax, prompt, clips, base: baseKind } = made
    const kind = base !== undefined && made.delta !== undefined ? 'delta' : 'frames'
    return {
      outputs: { result },
      facts: { kind, provider: effectiveProvider, guidance, sigmaMax, prompt, clips, base: baseKind, steps: made.steps },
    }
  })
}

/** [height, width, 3] half floats: steps of 1/2048 or finer for changes within -1..1, eight times finer than 8-bit colour. */
export const deltaShape = ({ width, height }: Size): FrameShape => ({ type: '<f2', frame: [height, width, 3] })

function* halves(frames: readonly Float32Array[]): Generator<Float16Array> {
  for (const frame of frames) yield Float16Array.from(frame)
}
