/// <reference lib="es2025.float16" />
import { noiseLevels, type Solver } from '@virga/diffusion'
import { VirgaError } from '@virga/errors'
import type { Bundle, ClipGenerator, ControlMapFrames, GeneratedPart, GenerateRequest } from '@virga/models'
import { planVideo } from '@virga/models'
import type { RgbImage } from '@virga/scenario'
import { digestOf } from '../digest/digest.ts'
import type { BlobRef } from '../ports/blob-store.ts'
import { type ClipReader, clipReader } from '../stage/clip-reader.ts'
import { type Elements, type FrameShape, putFrames } from '../stage/frame-blob.ts'
import { rgbShape, type Size } from '../stage/rgb-frames.ts'
import { runStage, type StageResult } from '../stage/run-stage.ts'
import type { StageContext } from '../stage/stage-context.ts'

/** Bump when libs/models or libs/diffusion compute other values. */
const generatorVersion = 1

/** A control's frames at the model's size, and what they were made with. */
export interface GenerateControl {
  readonly frames: BlobRef
  readonly weight: number
  readonly style?: string
  readonly preset?: string
}

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
  readonly controls: Readonly<Record<string, GenerateControl>>
  /** In place of the controls' weights. */
  readonly controlMap?: { readonly blobs: readonly BlobRef[]; readonly map: ControlMapFrames }
  readonly negativePrompt?: string
  readonly guidance?: number
  readonly solver?: Solver
  readonly strength?: number
  readonly clipFrames?: number
  readonly controlEvery?: number
  /** At the model's size. */
  readonly firstFrame?: RgbImage
  /** What is begun from, at the model's size: the camera video relit, or the labels painted. */
  readonly base?: { readonly frames: BlobRef; readonly kind: 'relight' | 'paint' }
  /** Keeps the generated frames also where there is a base; default: the change. */
  readonly keep?: 'frames'
}

/**
 * What the network adds, clip by clip: of a long video only one clip is held. Begun from a video, `result` is the change, generated minus
 * reconstructed base, half floats in 0..1 colour units; otherwise the generated frames, 8-bit RGB.
 */
export function generateStage(context: StageContext, input: GenerateInput): Promise<StageResult<'result'>> {
  const { bundle, controls, base, look, seed, steps, count, fps } = input
  const names = Object.keys(controls).sort()
  const given = givenOf(input)
  const spec = {
    name: 'generate',
    version: 1,
    title: input.title,
    inputs: {
      bundle: bundle.digest,
      ...Object.fromEntries(names.map((name) => [`control:${name}`, controls[name].frames.sha256])),
      ...(base === undefined ? {} : { base: base.frames.sha256 }),
      ...(input.firstFrame === undefined ? {} : { firstFrame: digestOf(Buffer.from(input.firstFrame.data).toString('base64')) }),
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
      weights: input.controlMap === undefined ? Object.fromEntries(names.map((name) => [name, controls[name].weight])) : 'map',
      // Left out where they are not given, so that stages of before keep their keys.
      ...(base?.kind === 'paint' ? { base: 'paint' } : {}),
      ...(input.keep === undefined ? {} : { keep: input.keep }),
      ...given,
      precision: 'float32',
      execution: input.execution,
    },
    outputs: ['result'] as const,
    unit: 'evaluations',
    ...(steps > 0 ? { total: evaluations(input) } : {}),
  }
  return runStage(context, spec, async ({ advance }) => {
    const generator = await input.openGenerator()
    const { firstFrame, controlMap, prompt } = input
    const readers: ClipReader[] = []
    const overlap = planVideo(count, seed, bundle.manifest, input.clipFrames).overlap
    const open = (ref: BlobRef): ClipReader => {
      const reader = clipReader(context.store, ref, input.modelSize, count, overlap)
      readers.push(reader)
      return reader
    }
    const request: GenerateRequest = {
      frames: count,
      controls: Object.fromEntries(names.map((name) => [name, { ...controls[name], frames: open(controls[name].frames) }])),
      look,
      seed,
      steps,
      fps,
      ...given,
      ...(prompt === undefined ? {} : { prompt }),
      ...(firstFrame === undefined ? {} : { firstFrame }),
      ...(controlMap === undefined ? {} : { controlMap: controlMap.map }),
      ...(base === undefined ? {} : { baseVideo: open(base.frames), baseKind: base.kind }),
      ...(context.signal === undefined ? {} : { signal: context.signal }),
      onStep: ({ clip, step, steps: ofClip }) => advance(clip * ofClip + step + 1),
    }
    const parts = generator.stream(request)
    try {
      return await store(context, input, parts)
    } finally {
      await parts.return()
      for (const reader of readers) await reader.close()
    }
  })
}

/** Options that were given, as the generator takes them and as the key holds them. */
function givenOf(
  input: GenerateInput,
): Pick<GenerateRequest, 'negativePrompt' | 'guidance' | 'solver' | 'strength' | 'clipFrames' | 'controlEvery'> {
  const { negativePrompt, guidance, solver, strength, clipFrames, controlEvery } = input
  return {
    ...(negativePrompt === undefined ? {} : { negativePrompt }),
    ...(guidance === undefined ? {} : { guidance }),
    ...(solver === undefined ? {} : { solver }),
    ...(strength === undefined ? {} : { strength }),
    ...(clipFrames === undefined ? {} : { clipFrames }),
    ...(controlEvery === undefined ? {} : { controlEvery }),
  }
}

/** Evaluations of the network over all clips, for progress. */
function evaluations({ bundle, count, seed, steps, solver, clipFrames }: GenerateInput): number {
  const { defaults } = bundle.manifest
  const perClip = noiseLevels({ steps, sigmaMax: defaults.sigmaMax, solver: solver ?? defaults.solver ?? '2ab' }).length
  return planVideo(count, seed, bundle.manifest, clipFrames).clips.length * perClip
}

/** Keeps the parts as they come. */
async function store(
  context: StageContext,
  { base, count, modelSize, keep }: GenerateInput,
  parts: AsyncGenerator<GeneratedPart, void, undefined>,
) {
  const begun = await parts.next()
  if (begun.done === true) throw new VirgaError('VIRGA_INTERNAL', 'nothing was generated')
  const isDelta = base !== undefined && keep === undefined && begun.value.delta !== undefined
  let last = begun.value
  async function* elements(): AsyncGenerator<Elements> {
    for (let part: IteratorResult<GeneratedPart, void> = { value: last, done: false }; part.done !== true; part = await parts.next()) {
      last = part.value
      if (!isDelta) yield* last.frames.map(({ data }) => data)
      else for (const delta of last.delta ?? []) yield Float16Array.from(delta)
    }
  }
  const result = await putFrames(context.store, isDelta ? deltaShape(modelSize) : rgbShape(modelSize), count, elements())
  const { effectiveProvider, guidance, sigmaMax, prompt, clips, steps, solver, strength } = last
  const kind = isDelta ? 'delta' : 'frames'
  return {
    outputs: { result },
    facts: { kind, provider: effectiveProvider, guidance, sigmaMax, prompt, clips, base: last.base, steps, solver, strength },
  }
}

/** [height, width, 3] half floats: steps of 1/2048 or finer for changes within -1..1, eight times finer than 8-bit colour. */
export const deltaShape = ({ width, height }: Size): FrameShape => ({ type: '<f2', frame: [height, width, 3] })
