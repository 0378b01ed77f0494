import { join } from 'node:path'
import {
  clipFrames,
  entry,
  type GivenFrames,
  guidedDenoise,
  mergeAndSplit,
  numpyNoise,
  officialMapFrames,
  planClips,
  resolveControlWeights,
  sample,
  sigmaSchedule,
  singlePatch,
  type Tensor,
  tensor,
  tokenGrid,
  tokenWeights,
  type WeightEntry,
} from '@virga/diffusion'
import { loadCase, maxDifference } from '@virga/diffusion/testing'
import type { RgbImage } from '@virga/scenario'
import { beforeAll, describe, expect, it } from 'vitest'
import { type BoundControl, clipDenoiser, encodeHint, type Graph, toFrames, videoTensor } from '../src/index.ts'
import { casesWhere, hasGraphs, missingGraphs, openFixtureGraph, openNetwork } from './fixture-graphs.ts'
import { readStrip } from './read-strip.ts'

const names = casesWhere((scalars) => 'clip_frames' in scalars && 'network_weights' in scalars)
if (names.length === 0) it.skip('no multi_clip fixture case (set VIRGA_FIXTURES)')
for (const name of names.filter((n) => !hasGraphs(n))) it.skip(missingGraphs(name))

describe.each(names.filter(hasGraphs))('fixture %s', (name) => {
  const fixture = loadCase(name)
  const { scalars } = fixture
  const controls = scalars.controls as string[]
  const [height, width] = scalars.size_hw as [number, number]
  const length = scalars.clip_frames as number
  const total = scalars.total_frames as number
  const plan = planClips(total, length, scalars.seed as number, scalars.num_input_frames as number)
  const sigmaData = 0.5
  let network: Awaited<ReturnType<typeof openNetwork>>
  let encoder: Graph
  let decoder: Graph

  beforeAll(async () => {
    network = await openNetwork(name)
    encoder = await openFixtureGraph(name, 'tokenizer_encoder')
    decoder = await openFixtureGraph(name, 'tokenizer_decoder')
  })

  const modelLatent = async (frames: readonly RgbImage[]): Promise<Tensor> => {
    const { latent } = await encoder.run({ video: videoTensor(frames) })
    return tensor(
      latent.shape,
      latent.data.map((value) => value * sigmaData),
    )
  }
  const close = (actual: ArrayLike<number>, expected: string): void =>
    expect(maxDifference(actual, fixture.tensor(expected).data), expected).toBeLessThanOrEqual(fixture.atol(expected))

  /** Last frame of a stored clip, [B, 3, T, H, W] uint8. */
  function lastFrame(clip: number): RgbImage {
    const { shape, data } = fixture.stored(`expected/clip${clip}.frames`)
    const plane = height * width
    const pixels = new Uint8Array(plane * 3)
    for (let c = 0; c < 3; c++) for (let i = 0; i < plane; i++) pixels[3 * i + c] = Number(data[(c * shape[2] + shape[2] - 1) * plane + i])
    return { width, height, data: pixels }
  }

  const mapFrames = officialMapFrames(total, length, scalars.num_input_frames as number)

  /** Weights per token of each control in a clip; a text names a tensor of the case or is a number. */
  function weightsOf(clip: number, shape: readonly number[]): Float32Array[] {
    const entries = (scalars.weights as string[]).map((text): WeightEntry => {
      if (!fixture.has(text)) return text
      const { shape: size, data } = fixture.tensor(text)
      const plane = size[1] * size[2]
      const frames = mapFrames[clip].map((frame) => data.subarray(frame * plane, (frame + 1) * plane))
      return { frames: length, height: size[1], width: size[2], data: Float32Array.from(frames.flatMap((frame) => Array.from(frame))) }
    })
    const resolved = resolveControlWeights(entries, [length, height, width], { numericZero: 'official' })
    const grid = tokenGrid(shape)
    const tokens = grid.frames * grid.rows * grid.columns
    if (resolved.kind === 'scalar') return resolved.weights.map((weight) => new Float32Array(tokens).fill(weight))
    return resolved.maps.map((map) => tokenWeights(map, resolved.extents, [grid.frames, grid.rows, grid.columns]))
  }

  it('plans the clips', () => {
    expect(plan.map(({ seed }) => seed)).toEqual(scalars.seeds_per_clip)
    expect(plan.map(({ given }) => given)).toEqual(scalars.given_frames_per_clip)
    expect(plan).toHaveLength(scalars.clips as number)
  })

  it.each(plan.map(({ index }) => index))('clip %i', async (index) => {
    const clip = plan[index]
    const shape = fixture.tensor(`expected/clip${index}.result`).shape
    const latents: Tensor[] = []
    for (const control of controls)
      latents.push(await modelLatent(clipFrames(readStrip(join(fixture.folder, `control_${control}.png`), height), clip)))
    close(
      latents.flatMap((latent) => Array.from(latent.data)),
      `expected/clip${index}.latent_hint`,
    )
    const weights = weightsOf(index, shape)
    close(
      weights.flatMap((weight) => Array.from(weight)),
      `expected/clip${index}.control_weight`,
    )

    const noise = numpyNoise(clip.seed, fixture.tensor(`expected/clip${index}.result`).data.length)
    const start = noise.map((value) => value * (scalars.sigma_max as number))
    close(start, `expected/clip${index}.x_start`)
    const given = clip.given === 0 ? undefined : await givenFrames(index, shape, noise)

    const bound: BoundControl[] = []
    for (const [n, control] of controls.entries())
      bound.push({ name: control, g: await encodeHint(network.graphs, control, latents[n]), weight: weights[n] })
    const denoiser = clipDenoiser(network.graphs, network.network, {
      prompt: fixture.tensor('inputs/crossattn_emb'),
      negative: fixture.tensor('inputs/crossattn_emb_negative'),
      controls: bound,
      timeScale: 24 / (scalars.fps as number),
    })
    const layout = singlePatch(shape[3], shape[4])
    const denoise = guidedDenoise(denoiser, shape, {
      guidance: scalars.guidance as number,
      ...(given === undefined ? {} : { given }),
      ...(network.network.mergeRescale ? { afterGuidance: (x0: Tensor) => mergeAndSplit(x0, layout) } : {}),
    })
    const result = await sample(denoise, start, sigmaSchedule(scalars.steps as number, scalars.sigma_max as number))
    close(result, `expected/clip${index}.result`)

    const { video } = await decoder.run({
      latent: tensor(
        shape,
        result.map((value) => value / sigmaData),
      ),
    })
    const stored = fixture.stored(`expected/clip${index}.frames`)
    const plane = height * width
    const planar = new Uint8Array(stored.data.length)
    toFrames(video, 'truncate').forEach(({ data }, t) => {
      for (let c = 0; c < 3; c++) for (let i = 0; i < plane; i++) planar[(c * clip.frames + t) * plane + i] = data[3 * i + c]
    })
    expect(maxDifference(planar, stored.data as Uint8Array)).toBeLessThanOrEqual(fixture.atol(`expected/clip${index}.frames`))
  })

  /** The official pipeline encodes the given frame with black frames after it; the given latent frame is that of the frame alone. */
  async function givenFrames(index: number, shape: readonly number[], noise: Float32Array): Promise<GivenFrames> {
    const black = { width, height, data: new Uint8Array(width * height * 3) }
    const before = lastFrame(index - 1)
    const latent = await modelLatent([before, ...Array.from({ length: length - 1 }, () => black)])
    const tolerance = `expected/clip${index}.condition_latent`
    close(latent.data, tolerance)
    const alone = await modelLatent([before])
    const plane = shape[3] * shape[4]
    const first = Array.from({ length: shape[1] }, (_, c) => Array.from(entry(entry(latent, 0), c).data.subarray(0, plane))).flat()
    expect(maxDifference(alone.data, first)).toBeLessThanOrEqual(fixture.atol(tolerance))
    return {
      frames: Float32Array.from({ length: shape[2] }, (_, t) => (t === 0 ? 1 : 0)),
      latent: fixture.tensor(tolerance),
      noise: tensor(shape, noise),
    }
  }
})
