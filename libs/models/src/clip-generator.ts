import { type Solver, throwIfCancelled, type Tensor } from '@virga/diffusion'
import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import type { Bundle } from './bundle.ts'
import { ClipMaker, type Timings } from './clip-maker.ts'
import { planVideo, type VideoPlan } from './clip-plan.ts'
import { frameDifferences, toFrames } from './frames.ts'
import { GraphStore } from './graph-store.ts'
import { fadeIn, frameRange } from './join.ts'
import { expectMemory } from './memory.ts'
import type { ExecutionProvider, RunOptions } from './providers.ts'
import { type BaseKind, type GenerateRequest, resolveRequest, type ResolvedRequest } from './request.ts'
import { encodeText, loadVocabulary, type Vocabulary } from './text.ts'
import { Tokenizer } from './tokenizer.ts'

export type ClipGeneratorOptions = RunOptions

/** What made a video. */
export interface GenerationFacts {
  /** The provider that the network ran on (the tokenizer, with 0 steps). */
  readonly effectiveProvider: ExecutionProvider
  readonly base: BaseKind
  readonly clips: number
  readonly steps: number
  readonly guidance: number
  readonly solver: Solver
  readonly strength: number
  readonly controlEvery: number
  /** The first noise level. */
  readonly sigmaMax: number
  readonly prompt: string
  readonly seed: number
  /** Wall seconds per part, so far. */
  readonly seconds: Timings
}

/** Frames of a video in order, some at a time. */
export interface GeneratedPart extends GenerationFacts {
  /** Number of the first frame. */
  readonly first: number
  /** The generated video at the bundle's size. */
  readonly frames: RgbImage[]
  /** With a base video: the tokenizer's reconstruction of it. */
  readonly recon?: RgbImage[]
  /** With a base video: per frame generated - reconstruction, [H, W, 3] flat, 0..1 colour units; zeros with 0 steps. */
  readonly delta?: Float32Array[]
}

/** A whole video. */
export type GeneratedVideo = Omit<GeneratedPart, 'first'>

/** Makes videos with one bundle. Graphs stay open between calls; dispose frees them. */
export interface ClipGenerator {
  /**
   * @throws VirgaError VIRGA_USAGE, VIRGA_UNKNOWN_NAME and VIRGA_BAD_INPUT for a request that does not fit the bundle, VIRGA_BAD_BUNDLE and
   *   VIRGA_DIGEST_MISMATCH for its files, VIRGA_DEVICE when memory does not do, VIRGA_NOT_FINITE naming the evaluation, and the control where it was one, VIRGA_CANCELLED
   */
  generate(request: GenerateRequest): Promise<GeneratedVideo>
  /** The same clip by clip: with controls that are read clip by clip, memory does not grow with the length. Errors as `generate`. */
  stream(request: GenerateRequest): AsyncGenerator<GeneratedPart, void, undefined>
  dispose(): Promise<void>
}

/**
 * A generator over a bundle: controls and base are encoded once per clip, the network samples what the base leaves open, and the tokenizer decodes
 * both. The same request gives the same bytes on the same machine with the same number of threads. One call at a time: calls that overlap wait until the
 * one before is through, or its stream is left.
 */
export function createClipGenerator(bundle: Bundle, options: ClipGeneratorOptions = {}): ClipGenerator {
  const graphs = new GraphStore(bundle, options)
  const tokenizer = new Tokenizer(graphs, bundle.manifest)
  let vocabulary: Promise<Vocabulary> | undefined
  let queue: Promise<unknown> = Promise.resolve()

  const texts = async (request: ResolvedRequest): Promise<{ prompt: Tensor; negative?: Tensor } | undefined> => {
    if (request.steps === 0) return undefined
    vocabulary ??= loadVocabulary(bundle)
    const encoder = await graphs.get('text_encoder')
    const encode = async (text: string): Promise<Tensor> => encodeText(text, await vocabulary!, encoder, bundle.manifest.network.textTokens)
    const prompt = await encode(request.prompt)
    return request.guidance === 0 ? { prompt } : { prompt, negative: await encode(request.negativePrompt) }
  }

  async function* run(asked: GenerateRequest): AsyncGenerator<GeneratedPart, void, undefined> {
    const request = resolveRequest(asked, bundle.manifest)
    throwIfCancelled(asked.signal)
    const plan = planVideo(request.frames, request.seed, bundle.manifest, request.clipFrames)
    if (request.steps > 0) {
      const active = request.controls.filter((_, index) => request.weights.isActive(index)).map(({ name }) => name)
      expectMemory(bundle.manifest, Math.max(...plan.clips.map((clip) => clip.frames)), active, options)
    }
    const maker = new ClipMaker({ bundle, graphs, tokenizer, request, texts: await texts(request) })
    const { base, steps, guidance, solver, strength, controlEvery, sigmaMax, prompt, seed } = request
    for await (const part of joinClips(plan, maker, request.firstFrame, asked)) {
      const { provider: effectiveProvider } = await graphs.get(request.steps === 0 ? 'tokenizer_decoder' : 'base')
      const facts = {
        effectiveProvider,
        base,
        clips: plan.clips.length,
        steps,
        guidance,
        solver,
        strength,
        controlEvery,
        sigmaMax,
        prompt,
        seed,
      }
      yield { ...part, ...facts, seconds: { ...maker.seconds } }
    }
  }

  async function* stream(request: GenerateRequest): AsyncGenerator<GeneratedPart, void, undefined> {
    const before = queue
    let leave = (): void => undefined
    queue = new Promise<void>((resolve) => (leave = resolve))
    try {
      await before
      yield* run(request)
    } finally {
      leave()
    }
  }

  return {
    stream,
    generate: async (request) => {
      const parts: GeneratedPart[] = []
      for await (const part of stream(request)) parts.push(part)
      const { first: _, ...last } = parts[parts.length - 1]
      const frames = parts.flatMap((part) => part.frames)
      if (last.delta === undefined) return { ...last, frames }
      return { ...last, frames, recon: parts.flatMap(({ recon = [] }) => recon), delta: parts.flatMap(({ delta = [] }) => delta) }
    },
    dispose: async () => {
      await queue
      tokenizer.forget()
      await graphs.release()
    },
  }
}

/** Makes clip after clip and joins them; frames that clips share come out once. */
async function* joinClips(
  plan: VideoPlan,
  maker: ClipMaker,
  firstFrame: RgbImage | undefined,
  { signal, onStep }: GenerateRequest,
): AsyncGenerator<Pick<GeneratedPart, 'first' | 'frames' | 'recon' | 'delta'>> {
  let tails: { generated: Tensor; recon?: Tensor } | undefined
  let before: readonly RgbImage[] = firstFrame === undefined ? [] : [firstFrame]
  let first = 0
  for (const clip of plan.clips) {
    throwIfCancelled(signal)
    const last = clip.index === plan.clips.length - 1
    const made = await maker.make(clip, before, {
      ...(signal === undefined ? {} : { signal }),
      onStep: (step) => onStep?.({ clip: clip.index, clips: plan.clips.length, ...step }),
    })
    const real = clip.last - clip.first + 1
    if (!last) before = plan.clips[clip.index + 1].given > 0 ? toFrames(frameRange(made.generated, real - plan.overlap, real)) : []
    if (tails !== undefined) {
      fadeIn(tails.generated, made.generated)
      // with 0 steps both are one tensor, which must not be faded twice
      if (tails.recon !== undefined && made.recon !== undefined && made.recon !== made.generated) fadeIn(tails.recon, made.recon)
    }
    const from = clip.index > 0 ? plan.overlap - plan.faded : 0
    const to = last ? real : real - plan.faded
    tails =
      to === real
        ? undefined
        : {
            generated: frameRange(made.generated, to, real),
            ...(made.recon === undefined ? {} : { recon: frameRange(made.recon, to, real) }),
          }
    const generated = frameRange(made.generated, from, to)
    const frames = toFrames(generated)
    if (made.recon === undefined) yield { first, frames }
    else {
      const recon = frameRange(made.recon, from, to)
      yield { first, frames, recon: toFrames(recon), delta: frameDifferences(generated, recon) }
    }
    first += frames.length
  }
  if (first !== plan.clips[plan.clips.length - 1].last + 1) throw new VirgaError('VIRGA_INTERNAL', `${first} frames came out of the clips`)
}
