import { type Tensor, tensor } from '@virga/diffusion'
import { loadCase, maxDifference } from '@virga/diffusion/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Graph } from '../src/index.ts'
import { casesWhere, hasGraphs, missingGraphs, openFixtureGraph } from './fixture-graphs.ts'

const names = casesWhere((scalars) => 'z_channels' in scalars)
if (names.length === 0) it.skip('no fixture case with a tokenizer (set VIRGA_FIXTURES)')
for (const name of names.filter((n) => !hasGraphs(n))) it.skip(missingGraphs(name))

describe.each(names.filter(hasGraphs))('fixture %s', (name) => {
  const fixture = loadCase(name)
  const lengths = Object.keys(fixture.entries).flatMap((key) => /^inputs\/clip(\d+)$/.exec(key)?.[1] ?? [])
  const mean = fixture.tensor('inputs/mean')
  const std = fixture.tensor('inputs/std')
  const sigmaData = fixture.scalars.sigma_data as number
  let encoder: Graph
  let decoder: Graph

  beforeAll(async () => {
    encoder = await openFixtureGraph(name, 'tokenizer_encoder')
    decoder = await openFixtureGraph(name, 'tokenizer_decoder')
  })

  const close = (actual: ArrayLike<number>, expected: string): void =>
    expect(maxDifference(actual, fixture.tensor(expected).data), expected).toBeLessThanOrEqual(fixture.atol(expected))
  const encode = async (video: Tensor): Promise<Tensor> => (await encoder.run({ video })).latent

  /** Applies f(value, mean, std) with the statistics of each channel and latent frame. */
  function normalised(raw: Tensor, f: (value: number, mean: number, std: number) => number): Tensor {
    const [, , frames, height, width] = raw.shape
    const data = raw.data.map((value, i) => {
      const frame = Math.floor(i / (height * width)) % frames
      const channel = Math.floor(i / (frames * height * width))
      const at = channel * mean.shape[1] + frame
      return f(value, mean.data[at], std.data[at])
    })
    return tensor(raw.shape, data)
  }

  it.each(lengths)('encodes and decodes %s frames', async (length) => {
    const latent = await encode(fixture.tensor(`inputs/clip${length}`))
    close(latent.data, `expected/enc${length}.latent`)
    close(
      latent.data.map((value) => value * sigmaData),
      `expected/model_latent${length}`,
    )
    const { video } = await decoder.run({ latent: fixture.tensor(`expected/enc${length}.latent`) })
    close(video.data, `expected/dec${length}.video`)
  })

  it.each(lengths)('encodes the first of %s frames alone to the first latent frame', async (length) => {
    const clip = fixture.tensor(`inputs/clip${length}`)
    const [, , frames, height, width] = clip.shape
    const plane = height * width
    const first = tensor([1, 3, 1, height, width])
    for (let c = 0; c < 3; c++) first.data.set(clip.data.subarray(c * frames * plane, (c * frames + 1) * plane), c * plane)
    const raw = normalised(await encode(first), (value, m, s) => value * s + m)
    close(raw.data, `expected/enc${length}.first_frame_alone_raw`)
  })

  it.each(Object.keys(fixture.entries).filter((key) => key.startsWith('expected/dec.one_latent_frame_of_')))('decodes %s', async (key) => {
    const value = Number(key.split('_of_')[1])
    const expected = fixture.tensor(key)
    const shape = [1, mean.shape[0], 1, expected.shape[3] / 8, expected.shape[4] / 8]
    const raw = tensor(shape)
    raw.data.fill(value)
    const { video } = await decoder.run({ latent: normalised(raw, (v, m, s) => (v - m) / s) })
    close(video.data, key)
  })
})
