import { throwIfCancelled, type Tensor } from '@virga/diffusion'
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

/** What came out, and what made it. */
export interface GeneratedVideo {
  /** The generated video at the bundle's size. */
  readonly frames: RgbImage[]
  /** With a base video: the tokenizer's reconstruction of it. */
  readonly recon?: RgbImage[]
  /** With a base video: per frame generated - reconstruction, [H, W, 3] flat, 0..1 colour units; zeros with 0 steps. */
  readonly delta?: Float32Array[]
  /** The provider that the network ran on (the tokenizer, with 0 steps). */
  readonly effectiveProvider: ExecutionProvider
  readonly base: BaseKind
  readonly clips: number
  readonly steps: number
  readonly guidance: number
  readonly sigmaMax: number
  readonly prompt: string
  readonly seed: number
  /** Wall seconds per part. */
  readonly seconds: Timings
}

/** Makes videos with one bundle. Graphs stay open between calls; dispose frees them. */
export interface ClipGenerator {
  /**
   * @throws VirgaError VIRGA_USAGE, VIRGA_UNKNOWN_NAME and VIRGA_BAD_INPUT for a request that does not fit the bundle, VIRGA_BAD_BUNDLE and
   *   VIRGA_DIGEST_MISMATCH for its files, VIRGA_DEVICE when memory does not do, VIRGA_NOT_FINITE naming the evaluation, VIRGA_CANCELLED
   */
  generate(request: GenerateRequest): Promise<GeneratedVideo>
  dispose(): Promise<void>
}

/**
 * A generator over a bundle: controls and base are encoded once per clip, the network samples what the base leaves open, and the tokenizer decodes
 * both. The same request gives the same bytes on the same machine with the same number of threads. One call at a time: calls that overlap wait.
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

  const generate = async (asked: GenerateRequest): Promise<GeneratedVideo> => {
    const request = resolveRequest(asked, bundle.manifest)
    throwIfCancelled(asked.signal)
    const plan = planVideo(request.frames, request.seed, bundle.manifest)
    if (request.steps > 0) {
      const active = request.controls.filter((_, index) => request.weights.isActive(index)).map(({ name }) => name)
      expectMemory(bundle.manifest, Math.max(...plan.clips.map((clip) => clip.frames)), active, options)
    }
    const maker = new ClipMaker({ bundle, graphs, tokenizer, request, texts: await texts(request) })
    const output = await joinClips(plan, maker, asked)
    const provider = (await graphs.get(request.steps === 0 ? 'tokenizer_decoder' : 'base')).provider
    const { base, steps, guidance, sigmaMax, prompt, seed } = request
    return { ...output, effectiveProvider: provider, base, clips: plan.clips.length, steps, guidance, sigmaMax, prompt, seed, seconds: maker.seconds }
  }

  return {
    generate: (request) => {
      const run = queue.then(() => generate(request))
      queue = run.catch(() => undefined)
      return run
    },
    dispose: async () => {
      await queue
      tokenizer.forget()
      await graphs.release()
    },
  }
}

/** Makes clip after clip and joins them; frames that clips share come out once. */
async function joinClips(
  plan: VideoPlan,
  maker: ClipMaker,
  { signal, onStep }: GenerateRequest,
): Promise<Pick<GeneratedVideo, 'frames' | 'recon' | 'delta'>> {
  const frames: RgbImage[] = []
  const recon: RgbImage[] = []
  const delta: Float32Array[] = []
  let tails: { generated: Tensor; recon?: Tensor } | undefined
  for (const clip of plan.clips) {
    throwIfCancelled(signal)
    const last = clip.index === plan.clips.length - 1
    const made = await maker.make(clip, frames.at(-1), {
      ...(signal === undefined ? {} : { signal }),
      onStep: (step) => onStep?.({ clip: clip.index, clips: plan.clips.length, ...step }),
    })
    const real = clip.last - clip.first + 1
    const from = plan.join === 'given' && clip.index > 0 ? plan.overlap : 0
    const to = plan.join === 'fade' && !last ? real - plan.overlap : real
    if (tails !== undefined) {
      fadeIn(tails.generated, made.generated)
      // with 0 steps both are one tensor, which must not be faded twice
      if (tails.recon !== undefined && made.recon !== undefined && made.recon !== made.generated) fadeIn(tails.recon, made.recon)
    }
    if (to < real)
      tails = {
        generated: frameRange(made.generated, to, real),
        ...(made.recon === undefined ? {} : { recon: frameRange(made.recon, to, real) }),
      }
    const generated = frameRange(made.generated, from, to)
    frames.push(...toFrames(generated))
    if (made.recon !== undefined) {
      const reconstruction = frameRange(made.recon, from, to)
      recon.push(...toFrames(reconstruction))
      delta.push(...frameDifferences(generated, reconstruction))
    }
  }
  if (frames.length !== plan.clips[plan.clips.length - 1].last + 1) throw new VirgaError('VIRGA_INTERNAL', `${frames.length} frames came out of the clips`)
  return delta.length === 0 ? { frames } : { frames, recon, delta }
}
