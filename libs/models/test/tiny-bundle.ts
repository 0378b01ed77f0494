/**
 * A bundle whose graphs are a few operators each, with results that can be told by hand:
 * - tokenizer: latent channels 0..2 are the mean colour of 8 x 8 blocks of every 8th frame; decoding paints the blocks;
 * - prior: the hdmap latent plus 0.01 * look; with `priors` one of each control, prior_vis plus 0.02 * look, prior_position 0.2;
 * - control_<c>: r0 = g, r1 = 2 g, with g the hint's tokens times the identity;
 * - base: F = x (first 64 columns) + 0.5 R0 + 0.25 R1 + mean(text), with `startChannels` + 0.1 of the start's columns.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BUNDLE_SCHEMA, type BundleManifest } from '../src/index.ts'
import { type Constant, type Model, type Node, type Port, writeOnnx } from './onnx-writer.ts'

export const TINY = { width: 32, height: 16, frames: 17, dim: 64, textTokens: 4, textDim: 8 } as const

const node = (op: string, inputs: string[], outputs: string[], attributes: Node['attributes'] = {}): Node => ({
  op,
  inputs,
  outputs,
  attributes,
})
const ints = (...data: number[]): Constant => ({ shape: [data.length], data, type: 'int64' })
const floats = (...data: number[]): Constant => ({ shape: [data.length], data })
const scalar = (value: number): Constant => ({ shape: [], data: [value] })

/** rows x columns with ones on the diagonal. */
const diagonal = (rows: number, columns: number): number[] =>
  Array.from({ length: rows * columns }, (_, i) => (Math.floor(i / columns) === i % columns ? 1 : 0))

const encoder: Model = {
  inputs: { video: { shape: [1, 3, 'T', 'H', 'W'] } },
  outputs: { latent: { shape: [1, 16, 't', 'h', 'w'] } },
  constants: {
    starts: ints(0),
    ends: ints(2 ** 31),
    axes: ints(2),
    steps: ints(8),
    weight: { shape: [16, 3, 1, 1, 1], data: diagonal(16, 3) },
  },
  nodes: [
    node('Slice', ['video', 'starts', 'ends', 'axes', 'steps'], ['keys']),
    node('AveragePool', ['keys'], ['means'], { kernel_shape: [1, 8, 8], strides: [1, 8, 8] }),
    node('Conv', ['means', 'weight'], ['latent']),
  ],
}

const decoder: Model = {
  inputs: { latent: { shape: [1, 16, 't', 'h', 'w'] } },
  outputs: { video: { shape: [1, 3, 'T', 'H', 'W'] } },
  constants: {
    weight: { shape: [3, 16, 1, 1, 1], data: diagonal(3, 16) },
    roi: { shape: [0], data: [] },
    scales: floats(1, 1, 8, 8, 8),
    starts: ints(7),
    ends: ints(2 ** 31),
    axes: ints(2),
  },
  nodes: [
    node('Conv', ['latent', 'weight'], ['colours']),
    node('Resize', ['colours', 'roi', 'scales'], ['large'], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    }),
    node('Slice', ['large', 'starts', 'ends', 'axes'], ['video']),
  ],
}

const textEncoder: Model = {
  inputs: { ids: { shape: [1, 'M'], type: 'int64' }, mask: { shape: [1, 'M'], type: 'int64' } },
  outputs: { text: { shape: [1, 'M', TINY.textDim] } },
  constants: {
    table: { shape: [8, TINY.textDim], data: Array.from({ length: 8 * TINY.textDim }, (_, i) => Math.floor(i / TINY.textDim) / 100) },
    axes: ints(2),
  },
  nodes: [
    node('Gather', ['table', 'ids'], ['rows']),
    node('Cast', ['mask'], ['real'], { to: 1 }),
    node('Unsqueeze', ['real', 'axes'], ['column']),
    node('Mul', ['rows', 'column'], ['text']),
  ],
}

const priorPorts = {
  inputs: { hint: { shape: [1, 16, 't', 'h', 'w'] }, look: { shape: [1], type: 'int64' } },
  outputs: { latent: { shape: [1, 16, 't', 'h', 'w'] } },
} as const

const prior = (step: number): Model => ({
  ...priorPorts,
  constants: { step: scalar(step) },
  nodes: [
    node('Cast', ['look'], ['index'], { to: 1 }),
    node('Mul', ['index', 'step'], ['shift']),
    node('Add', ['hint', 'shift'], ['latent']),
  ],
})

const priorPosition: Model = {
  ...priorPorts,
  constants: { nothing: scalar(0), level: scalar(0.2) },
  nodes: [node('Mul', ['hint', 'nothing'], ['zeros']), node('Add', ['zeros', 'level'], ['latent'])],
}

const hint: Model = {
  inputs: { hint: { shape: [1, 'L', 64] } },
  outputs: { g: { shape: [1, 'L', TINY.dim] } },
  constants: { weight: { shape: [64, TINY.dim], data: diagonal(64, TINY.dim) } },
  nodes: [node('MatMul', ['hint', 'weight'], ['g'])],
}

const networkInputs = (columns: number): Record<string, Port> => ({
  x: { shape: ['B', 'L', columns] },
  c_noise: { shape: ['B'] },
  text: { shape: ['B', 'M', TINY.textDim] },
  grid: { shape: ['L', 3], type: 'int64' },
  time_scale: { shape: [1] },
})

const control = (columns: number, poison = false): Model => ({
  inputs: { ...networkInputs(columns), g: { shape: ['B', 'L', TINY.dim] } },
  outputs: { r0: { shape: ['B', 'L', TINY.dim] }, r1: { shape: ['B', 'L', TINY.dim] } },
  constants: { factor: scalar(poison ? Number.NaN : 2) },
  nodes: [node('Identity', ['g'], ['r0']), node('Mul', ['g', 'factor'], ['r1'])],
})

/** Ones for the noisy latent, 0.1 for the start, whose 64 columns are the last ones where there are more than the mask's. */
const baseWeights = (columns: number): number[] =>
  Array.from({ length: columns * 64 }, (_, i) => {
    const [row, column] = [Math.floor(i / 64), i % 64]
    if (row === column) return 1
    return columns > 68 && row - (columns - 64) === column ? 0.1 : 0
  })

const base = (columns: number, poison: boolean): Model => ({
  inputs: { ...networkInputs(columns), R0: { shape: ['B', 'L', TINY.dim] }, R1: { shape: ['B', 'L', TINY.dim] } },
  outputs: { F: { shape: ['B', 'L', 64] } },
  constants: {
    weight: { shape: [columns, 64], data: baseWeights(columns) },
    half: scalar(poison ? Number.NaN : 0.5),
    quarter: scalar(0.25),
  },
  nodes: [
    node('MatMul', ['x', 'weight'], ['own']),
    node('Mul', ['R0', 'half'], ['a']),
    node('Mul', ['R1', 'quarter'], ['b']),
    node('Add', ['own', 'a'], ['c']),
    node('Add', ['c', 'b'], ['d']),
    node('ReduceMean', ['text'], ['mood'], { keepdims: 0 }),
    node('Add', ['d', 'mood'], ['F']),
  ],
})

export interface TinyOptions {
  readonly conditionMask?: boolean
  readonly startChannels?: boolean
  /** A prior of each control and one of the position, in place of one prior. */
  readonly priors?: boolean
  /** Makes this control's branch answer NaN. */
  readonly poisonControl?: string
  /** Makes the base network answer NaN. */
  readonly poison?: boolean
  readonly change?: (manifest: BundleManifest) => unknown
}

/** Writes the bundle to a new temporary folder and gives its path. */
export function writeTinyBundle(options: TinyOptions = {}): string {
  const { conditionMask = false, startChannels = false, priors = false, poison = false, change = (m) => m } = options
  const dir = mkdtempSync(join(tmpdir(), 'virga-tiny-'))
  const columns = 64 + (conditionMask ? 4 : 0) + (startChannels ? 64 : 0)
  const graphs: Record<string, Model> = {
    text_encoder: textEncoder,
    tokenizer_encoder: encoder,
    tokenizer_decoder: decoder,
    ...(priors ? { prior_hdmap: prior(0.01), prior_vis: prior(0.02), prior_position: priorPosition } : { prior: prior(0.01) }),
    base: base(columns, poison),
  }
  for (const name of ['hdmap', 'vis']) {
    graphs[`hint_${name}`] = hint
    graphs[`control_${name}`] = control(columns, options.poisonControl === name)
  }
  const put = (file: string, bytes: Uint8Array): { file: string; sha256: string; bytes: number } => {
    writeFileSync(join(dir, file), bytes)
    return { file, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }
  }
  const vocabulary = { '<pad>': 0, '<unk>': 1, rain: 2, night: 3, at: 4 }
  const manifest = {
    schema: BUNDLE_SCHEMA,
    name: 'tiny',
    version: '0.0.1',
    licence: 'Apache-2.0',
    video: { width: TINY.width, height: TINY.height, fps: 24, frames: TINY.frames },
    latent: { channels: 16, temporal: 8, spatial: 8, scale: Array.from({ length: 16 }, (_, i) => 0.5 + i / 16) },
    network: {
      patch: [1, 2, 2],
      dim: TINY.dim,
      heads: 2,
      headDim: 32,
      controlBlocks: 2,
      sigmaData: 0.5,
      conditionMask,
      ...(startChannels ? { startChannels } : {}),
      textTokens: TINY.textTokens,
      textDim: TINY.textDim,
      mergeRescale: false,
    },
    controls: { hdmap: { style: 'hdmap-v1' }, vis: { preset: 'medium' } },
    base: { withVideo: 'relight', withoutVideo: 'prior' },
    relight: { ...put('relight.safetensors', new Uint8Array(8)), modes: {} },
    prior: { controls: priors ? ['hdmap', 'vis'] : ['hdmap'] },
    looks: [
      { name: 'clear-day', weather: 'clear', lighting: 'day', surface: 'dry', prompt: 'day' },
      { name: 'rain-night', weather: 'rain', lighting: 'night', surface: 'wet', prompt: 'Rain at night.' },
    ],
    negativePrompt: '',
    defaults: { steps: 4, guidance: 0, sigmaMax: 80, controlWeights: { hdmap: 0.5, vis: 0.5 } },
    graphs: Object.fromEntries(Object.entries(graphs).map(([name, model]) => [name, put(`${name}.onnx`, writeOnnx(model))])),
    vocabulary: put('vocabulary.json', new TextEncoder().encode(JSON.stringify(vocabulary))),
  }
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify(change(manifest as unknown as BundleManifest), undefined, 1))
  return dir
}
