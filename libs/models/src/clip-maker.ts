import {
  type ClipPlan,
  type GivenFrames,
  guidedDenoise,
  latentFrames,
  mergeAndSplit,
  numpyNoise,
  sample,
  singlePatch,
  sizeOf,
  type Tensor,
  tensor,
  throwIfCancelled,
  tokenGrid,
} from '@virga/diffusion'
import type { RgbImage } from '@virga/scenario'
import type { Bundle } from './bundle.ts'
import type { Graph } from './graph.ts'
import type { GraphStore } from './graph-store.ts'
import { type BoundControl, clipDenoiser, encodeHint, type NetworkGraphs } from './network.ts'
import { priorLatent, type WeightedHint } from './prior.ts'
import type { ResolvedRequest } from './request.ts'
import { firstLatentFrames, fromResidual, padLatentFrames, toResidual } from './residual.ts'
import type { Tokenizer } from './tokenizer.ts'
import { readClip } from './video-reader.ts'

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

interface ClipRun {
  readonly signal?: AbortSignal
  readonly onStep: (step: ClipStep) => void
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
   * @param before frames that the clip begins with, 8 m + 1 of them or none: the last ones of the clip before, or a first frame that was given
   */
  async make(clip: ClipPlan, before: readonly RgbImage[], run: ClipRun): Promise<MadeClip> {
    const { request, tokenizer, bundle } = this.#context
    const shape = tokenizer.latentShape(clip.frames)
    const hints = await this.#timed('encode', () => this.#hints(clip, shape, run.signal))
    throwIfCancelled(run.signal)
    const base = await this.#timed('encode', () => this.#base(clip, hints, shape))
    throwIfCancelled(run.signal)
    const withVideo = request.base === 'relight' || request.base === 'paint'
    if (this.#context.texts === undefined) {
      const generated = await this.#timed('decode', () => tokenizer.decode(base))
      return withVideo ? { generated, recon: generated } : { generated }
    }
    const given = before.length === 0 ? undefined : await this.#given(clip, before, base)
    const y = await this.#sample(clip, hints, base, given, run)
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

  /** Unit-variance latents and token weights of the controls that are used, by name, in the manifest's order. */
  async #hints(clip: ClipPlan, shape: readonly number[], signal: AbortSignal | undefined): Promise<Map<string, WeightedHint>> {
    const { request, tokenizer, bundle, texts } = this.#context
    const { prior, graphs, video } = bundle.manifest
    const grid = tokenGrid(shape)
    const weights = await request.weights.tokens(clip.first, clip.frames, [grid.frames, grid.rows, grid.columns])
    const hints = new Map<string, WeightedHint>()
    for (const [index, { name, frames }] of request.controls.entries()) {
      throwIfCancelled(signal)
      const active = request.weights.isActive(index)
      const forPrior = request.base === 'prior' && prior?.controls.includes(name) === true && (active || graphs.prior !== undefined)
      if (!(active && texts !== undefined) && !forPrior) continue
      const latent = await tokenizer.encodeCached(await readClip(frames, clip, video, `control ${name}`))
      hints.set(name, { latent, weight: weights[index] })
    }
    return hints
  }

  async #base(clip: ClipPlan, hints: ReadonlyMap<string, WeightedHint>, shape: readonly number[]): Promise<Tensor> {
    const { request, bundle, graphs } = this.#context
    switch (request.base) {
      case 'none':
        return tensor(shape)
      case 'relight':
      case 'paint':
        return this.#baseVideo(clip)
      case 'prior':
        return priorLatent(graphs, bundle.manifest, hints, request.lookIndex, shape)
    }
  }

  async #baseVideo(clip: ClipPlan): Promise<Tensor> {
    const { request, tokenizer, bundle } = this.#context
    return tokenizer.encode(await readClip(request.baseVideo!, clip, bundle.manifest.video, 'the base video'))
  }

  /** The encoder is causal: the first latent frames depend on the first frames alone, so that encoding these is enough. */
  async #given(clip: ClipPlan, before: readonly RgbImage[], base: Tensor): Promise<GivenFrames> {
    const { tokenizer, bundle } = this.#context
    const latent = await this.#timed('encode', () => tokenizer.encode(before))
    const count = latentFrames(before.length)
    const y = toResidual(latent, firstLatentFrames(base, count), bundle.manifest.latent.scale)
    return {
      frames: new Float32Array(base.shape[2]).fill(1, 0, count),
      latent: padLatentFrames(y, base.shape[2]),
      noise: tensor(base.shape, numpyNoise(clip.seed, sizeOf(base.shape))),
    }
  }

  async #sample(
    clip: ClipPlan,
    hints: ReadonlyMap<string, WeightedHint>,
    base: Tensor,
    given: GivenFrames | undefined,
    run: ClipRun,
  ): Promise<Tensor> {
    const { request, bundle, texts } = this.#context
    const { network, video, latent } = bundle.manifest
    const { shape } = base
    const { signal } = run
    const begin =
      request.base === 'none' && request.strength < 1
        ? toResidual(await this.#timed('encode', () => this.#baseVideo(clip)), base, latent.scale)
        : undefined
    return this.#timed('network', async () => {
      const graphs = await this.#networkGraphs(hints)
      const denoiser = clipDenoiser(graphs, network, {
        ...texts!,
        controls: await this.#bind(graphs, hints),
        timeScale: 24 / request.fps,
        controlEvery: request.controlEvery,
        ...(network.startChannels === true ? { start: scaled(base, network.sigmaData) } : {}),
        ...(signal === undefined ? {} : { signal }),
      })
      const patch = singlePatch(video.height / 8, video.width / 8)
      const denoise = guidedDenoise(denoiser, shape, {
        guidance: request.guidance,
        sigmaData: network.sigmaData,
        ...(given === undefined ? {} : { given }),
        ...(network.mergeRescale ? { afterGuidance: (x0: Tensor) => mergeAndSplit(x0, patch) } : {}),
      })
      // partial noise lies on what the base shows, which is y = 0, or on the video that a bundle without a base begins from
      const start = numpyNoise(clip.seed, sizeOf(shape)).map(
        (value, i) => value * request.sigmas[0] + (begin === undefined ? 0 : begin.data[i]),
      )
      const options = { solver: request.solver, onStep: run.onStep, ...(signal === undefined ? {} : { signal }) }
      return tensor(shape, await sample(denoise, start, request.sigmas, options))
    })
  }

  async #networkGraphs(hints: ReadonlyMap<string, WeightedHint>): Promise<NetworkGraphs> {
    const { graphs, request } = this.#context
    const controls = new Map<string, { hint: Graph; control: Graph }>()
    for (const [index, { name }] of request.controls.entries())
      if (hints.has(name) && request.weights.isActive(index))
        controls.set(name, { hint: await graphs.get(`hint_${name}`), control: await graphs.get(`control_${name}`) })
    return { base: await graphs.get('base'), controls }
  }

  async #bind(graphs: NetworkGraphs, hints: ReadonlyMap<string, WeightedHint>): Promise<BoundControl[]> {
    const { sigmaData } = this.#context.bundle.manifest.network
    const bound: BoundControl[] = []
    for (const name of graphs.controls.keys()) {
      const { latent, weight } = hints.get(name)!
      // where a clip's part of a map is empty the branch has nothing to say
      if (typeof weight !== 'number' && weight.every((value) => value === 0)) continue
      bound.push({ name, g: await encodeHint(graphs, name, scaled(latent, sigmaData)), weight })
    }
    return bound
  }
}

function scaled({ shape, data }: Tensor, factor: number): Tensor {
  return tensor(
    shape,
    data.map((value) => value * factor),
  )
}
