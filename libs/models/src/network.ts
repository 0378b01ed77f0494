import {
  type Denoiser,
  findNotFinite,
  type Pass,
  patchify,
  type Tensor,
  tensor,
  throwIfCancelled,
  tokenCount,
  tokenGrid,
  tokenIndices,
  unpatchify,
} from '@virga/diffusion'
import { VirgaError } from '@virga/errors'
import { type Feeds, type Graph, type IndexTensor, outputOf } from './graph.ts'

/** The graphs of one network; controls in a fixed order, so that sums are the same at each run. */
export interface NetworkGraphs {
  readonly base: Graph
  readonly controls: ReadonlyMap<string, { readonly hint: Graph; readonly control: Graph }>
}

export interface NetworkShape {
  readonly dim: number
  readonly controlBlocks: number
  /** Whether the network has an input channel that marks given frames. */
  readonly conditionMask: boolean
  /** Whether it has input channels for the latent that is begun from. */
  readonly startChannels?: boolean
}

/** A control as the network takes it at each evaluation. */
export interface BoundControl {
  readonly name: string
  /** Output of the hint graph, [B, L, D]. */
  readonly g: Tensor
  /** One number, or one per token [L] or per batch entry and token [B * L]. Neither clamped nor normalised here. */
  readonly weight: number | Float32Array
}

export interface NetworkRun {
  /** [B, L, Cx] */
  readonly tokens: Tensor
  /** c_noise per batch entry, [B] */
  readonly noise: Float32Array
  /** [B, M, C] */
  readonly text: Tensor
  readonly grid: IndexTensor
  /** 24 / fps */
  readonly timeScale: number
  readonly controls: readonly BoundControl[]
  readonly signal?: AbortSignal
}

/**
 * One pass of the control branches and the base: R_j = sum over controls of weight * r_j, added by the base after block j (cosmos-transfer1,
 * general_dit_ctrl_enc.py).
 *
 * @returns F as tokens, [B, L, 4 C]
 * @throws VirgaError VIRGA_NOT_FINITE naming the control and block whose residual has NaN or infinity; VIRGA_CANCELLED between branches
 */
export async function runNetwork(graphs: NetworkGraphs, shape: NetworkShape, run: NetworkRun): Promise<Tensor> {
  return runBase(graphs, run, await controlResiduals(graphs, shape, run))
}

/** What both base and branches read. */
function sharedFeeds({ tokens, noise, text, grid, timeScale }: NetworkRun): Feeds {
  return { x: tokens, c_noise: tensor([noise.length], noise), text, grid, time_scale: tensor([1], Float32Array.of(timeScale)) }
}

/** The weighted sum of the branches' residuals for each block, [B, L, D]. Errors as `runNetwork`. */
export async function controlResiduals(graphs: NetworkGraphs, shape: NetworkShape, run: NetworkRun): Promise<Tensor[]> {
  const [batch, count] = run.tokens.shape
  const shared = sharedFeeds(run)
  const residuals = Array.from({ length: shape.controlBlocks }, () => tensor([batch, count, shape.dim]))
  for (const { name, g, weight } of run.controls) {
    const graph = controlOf(graphs, name).control
    const outputs = await graph.run({ ...shared, g })
    residuals.forEach((sum, j) => {
      const residual = outputOf(outputs, `r${j}`, graph.name)
      const bad = findNotFinite(residual.data)
      if (bad !== -1)
        throw new VirgaError('VIRGA_NOT_FINITE', `control ${name} gave ${residual.data[bad]} for block ${j}`, {
          record: `element ${bad}`,
          expected: 'finite numbers',
        })
      addWeighted(sum, residual, weight)
    })
    throwIfCancelled(run.signal)
  }
  return residuals
}

/** The base with residuals added after its first blocks: F as tokens. */
export async function runBase(graphs: NetworkGraphs, run: NetworkRun, residuals: readonly Tensor[]): Promise<Tensor> {
  const outputs = await graphs.base.run({ ...sharedFeeds(run), ...Object.fromEntries(residuals.map((residual, j) => [`R${j}`, residual])) })
  return outputOf(outputs, 'F', graphs.base.name)
}

/** Output of a control's hint graph for a hint latent [B, 16, T', h, w] (already times sigmaData). */
export async function encodeHint(graphs: NetworkGraphs, name: string, latent: Tensor): Promise<Tensor> {
  const graph = controlOf(graphs, name).hint
  return outputOf(await graph.run({ hint: patchify(latent) }), 'g', graph.name)
}

function controlOf(graphs: NetworkGraphs, name: string): { hint: Graph; control: Graph } {
  const control = graphs.controls.get(name)
  if (control === undefined)
    throw new VirgaError('VIRGA_UNKNOWN_NAME', `the network has no control ${name}`, {
      expected: `one of: ${[...graphs.controls.keys()].join(', ')}`,
    })
  return control
}

function addWeighted(sum: Tensor, residual: Tensor, weight: number | Float32Array): void {
  const target = sum.data
  const source = residual.data
  if (typeof weight === 'number') {
    for (let i = 0; i < target.length; i++) target[i] += weight * source[i]
    return
  }
  const dim = sum.shape[2]
  const tokens = target.length / dim
  for (let token = 0; token < tokens; token++) {
    const w = weight[token % weight.length]
    if (w === 0) continue
    const end = (token + 1) * dim
    for (let i = token * dim; i < end; i++) target[i] += w * source[i]
  }
}

/** What a clip binds to the network: its texts, hints and weights. */
export interface ClipBinding {
  readonly prompt: Tensor
  /** Needed with guidance above 0. */
  readonly negative?: Tensor
  readonly controls: readonly BoundControl[]
  readonly timeScale: number
  /** The latent that is begun from times sigmaData, [1, 16, T, h, w], for a network with channels for it. */
  readonly start?: Tensor
  /**
   * The branches run at every so-manieth evaluation; between, their last residuals are added again. Default 1: at each. Neighbouring noise levels give
   * almost the same ones.
   */
  readonly controlEvery?: number
  readonly signal?: AbortSignal
}

/** The network of one clip behind the Denoiser port. */
export function clipDenoiser(graphs: NetworkGraphs, shape: NetworkShape, binding: ClipBinding): Denoiser {
  let grid: IndexTensor | undefined
  const none = new Map<number, Float32Array>()
  const held = new Map<Pass, { residuals: readonly Tensor[]; age: number }>()
  return {
    predict: async ({ x, noise, pass, given }) => {
      const layout = tokenGrid(x.shape)
      grid ??= { data: tokenIndices(layout), shape: [tokenCount(layout), 3] }
      if (!none.has(layout.frames)) none.set(layout.frames, new Float32Array(layout.frames))
      const mask = shape.conditionMask ? [given ?? none.get(layout.frames)!] : []
      const text = pass === 'prompt' ? binding.prompt : binding.negative
      if (text === undefined) throw new VirgaError('VIRGA_INTERNAL', 'guidance without a negative prompt')
      if (shape.startChannels === true && binding.start === undefined) throw new VirgaError('VIRGA_INTERNAL', 'no latent to begin from')
      const tokens = patchify(x, mask, shape.startChannels === true ? binding.start : undefined)
      const { controls, timeScale, signal } = binding
      const run = { tokens, noise: Float32Array.of(noise), text, grid, timeScale, controls, ...(signal === undefined ? {} : { signal }) }
      const before = held.get(pass)
      const isYoung = before !== undefined && before.age < (binding.controlEvery ?? 1)
      const residuals = isYoung ? before.residuals : await controlResiduals(graphs, shape, run)
      held.set(pass, { residuals, age: isYoung ? before.age + 1 : 1 })
      return unpatchify(await runBase(graphs, run, residuals), x.shape)
    },
  }
}
