import {
  clipFrames,
  type ClipPlan,
  type GivenFrames,
  guidedDenoise,
  mergeAndSplit,
  numpyNoise,
  sample,
  sigmaSchedule,
  singlePatch,
  sizeOf,
  type Tensor,
  tensor,
  throwIfCancelled,
  tokenGrid,
} from '@virga/diffusion'
import type { RgbImage } from '@virga/scenario'
import type { Bundle } from './bundle.ts'
import { outputOf } from './graph.ts'
import type { GraphStore } from './graph-store.ts'
import { type BoundControl, clipDenoiser, encodeHint, type NetworkGraphs } from './network.ts'
import type { ResolvedRequest } from './request.ts'
import { firstLatentFrame, fromResidual, padLatentFrames, toResidual } from './residual.ts'
import type { Tokenizer } from './tokenizer.ts'

/** Wall seconds spent. */
export interface Timings {
  encode: number
  network: number
  decode: number
}

export interface MadeClip {
  /** [1, 3, T, H, W] */
  readonly generated: Tensor
  /** With a base video: its reconstruction, of the same shape. */
  readonly recon?: Tensor
}

interface ClipStep {
  readonly step: number
  readonly steps: number
  readonly sigma: number
}

/** What every clip of one video shares. */
export interface ClipContext {
  readonly bundle: Bundle
  readonly graphs: GraphStore
  readonly tokenizer: Tokenizer
  readonly request: ResolvedRequest
  /** Undefined when no network runs. */
  readonly texts: { readonly prompt: Tensor; readonly negative?: Tensor } | undefined
}

/** Makes the clips of one video. */
export class ClipMaker {
  readonly seconds: Timings = { encode: 0, network: 0, decode: 0 }
  readonly #context: ClipContext

  constructor(context: ClipContext) {
    this.#context = context
  }

  /**
   * @param before the last frame of the clip before, which a clip with given frames starts from
   */
  async make(clip: ClipPlan, before: RgbImage | undefined, run: { signal?: AbortSignal; onStep: (step: ClipStep) => void }): Promise<MadeClip> {
    const { request, tokenizer, bundle } = this.#context
    const shape = tokenizer.latentShape(clip.frames)
    const latents = await this.#timed('encode', () => this.#controlLatents(clip, run.signal))
    throwIfCancelled(run.signal)
    const base = await this.#timed('encode', () => this.#base(clip, latents, shape))
    throwIfCancelled(run.signal)
    const withVideo = request.base === 'relight'
    if (this.#context.texts === undefined) {
      const generated = await this.#timed('decode', () => tokenizer.decode(base))
      return withVideo ? { generated, recon: generated } : { generated }
    }
    const given = clip.given > 0 && before !== undefined ? await this.#given(clip, before, base) : undefined
    const y = await this.#timed('network', () => this.#sample(clip, latents, shape, given, run))
    throwIfCancelled(run.signal)
    const generated = await this.#timed('decode', () => tokenizer.decode(fromResidual(y, base, bundle.manifest.latent.scale)))
    return withVideo ? { generated, recon: await this.#timed('decode', () => tokenizer.decode(base)) } : { generated }
  }

  async #timed<T>(part: keyof Timings, work: () => Promise<T>): Promise<T> {
    const start = performance.now()
    const result = await work()
    this.seconds[part] += (performance.now() - start) / 1000
    return result
  }

  /** Unit-variance latents of the controls that are used, by name. */
  async #controlLatents(clip: ClipPlan, signal: AbortSignal | undefined): Promise<Map<string, Tensor>> {
    const { request, tokenizer, bundle, texts } = this.#context
    const latents = new Map<string, Tensor>()
    for (const [index, { name, frames }] of request.controls.entries()) {
      throwIfCancelled(signal)
      const bound = texts !== undefined && request.weights.isActive(index)
      const forPrior = request.base === 'prior' && bundle.manifest.prior?.controls[0] === name
      if (bound || forPrior) latents.set(name, await tokenizer.encodeCached(clipFrames(frames, clip)))
    }
    return latents
  }

  async #base(clip: ClipPlan, latents: ReadonlyMap<string, Tensor>, shape: readonly number[]): Promise<Tensor> {
    const { request, tokenizer, bundle, graphs } = this.#context
    switch (request.base) {
      case 'none':
        return tensor(shape)
      case 'relight':
        return tokenizer.encode(clipFrames(request.baseVideo!, clip))
      case 'prior': {
        const graph = await graphs.get('prior')
        const hint = latents.get(bundle.manifest.prior!.controls[0])!
        const look = { data: BigInt64Array.of(BigInt(request.lookIndex)), shape: [1] }
        return outputOf(await graph.run({ hint, look }), 'latent', graph.name)
      }
    }
  }

  /** The encoder is causal: latent frame 0 depends on the first frame alone, so that encoding this one frame is enough. */
  async #given(clip: ClipPlan, before: RgbImage, base: Tensor): Promise<GivenFrames> {
    const { tokenizer, bundle } = this.#context
    const latent = await this.#timed('encode', () => tokenizer.encode([before]))
    const y = toResidual(latent, firstLatentFrame(base), bundle.manifest.latent.scale)
    const frames = new Float32Array(base.shape[2])
    frames[0] = 1
    return {
      frames,
      latent: padLatentFrames(y, base.shape[2]),
      noise: tensor(base.shape, numpyNoise(clip.seed, sizeOf(base.shape))),
    }
  }

  async #sample(
    clip: ClipPlan,
    latents: ReadonlyMap<string, Tensor>,
    shape: readonly number[],
    given: GivenFrames | undefined,
    run: { signal?: AbortSignal; onStep: (step: ClipStep) => void },
  ): Promise<Tensor> {
    const { request, bundle, texts } = this.#context
    const { network, video } = bundle.manifest
    const graphs = await this.#networkGraphs()
    const controls = await this.#bind(graphs, clip, latents, shape)
    const denoiser = clipDenoiser(graphs, network, { ...texts!, controls, timeScale: 24 / request.fps })
    const patch = singlePatch(video.height / 8, video.width / 8)
    const denoise = guidedDenoise(denoiser, shape, {
      guidance: request.guidance,
      sigmaData: network.sigmaData,
      ...(given === undefined ? {} : { given }),
      ...(network.mergeRescale ? { afterGuidance: (x0: Tensor) => mergeAndSplit(x0, patch) } : {}),
    })
    const noise = numpyNoise(clip.seed, sizeOf(shape))
    const start = noise.map((value) => value * request.sigmaMax)
    const sigmas = request.steps === 1 ? [request.sigmaMax] : sigmaSchedule(request.steps, request.sigmaMax)
    const { signal } = run
    const options = { onStep: run.onStep, ...(signal === undefined ? {} : { signal }) }
    return tensor(shape, await sample(denoise, start, sigmas, options))
  }

  async #networkGraphs(): Promise<NetworkGraphs> {
    const { graphs, request } = this.#context
    const controls = new Map<string, { hint: Awaited<ReturnType<GraphStore['get']>>; control: Awaited<ReturnType<GraphStore['get']>> }>()
    for (const [index, { name }] of request.controls.entries())
      if (request.weights.isActive(index)) controls.set(name, { hint: await graphs.get(`hint_${name}`), control: await graphs.get(`control_${name}`) })
    return { base: await graphs.get('base'), controls }
  }

  async #bind(graphs: NetworkGraphs, clip: ClipPlan, latents: ReadonlyMap<string, Tensor>, shape: readonly number[]): Promise<BoundControl[]> {
    const { request, bundle } = this.#context
    const grid = tokenGrid(shape)
    const weights = await request.weights.tokens(clip.first, clip.frames, [grid.frames, grid.rows, grid.columns])
    const bound: BoundControl[] = []
    for (const [index, { name }] of request.controls.entries()) {
      if (!graphs.controls.has(name)) continue
      const latent = latents.get(name)!
      const hint = tensor(latent.shape, latent.data.map((value) => value * bundle.manifest.network.sigmaData))
      bound.push({ name, g: await encodeHint(graphs, name, hint), weight: weights[index] })
    }
    return bound
  }
}
