import { describe, expect, it } from 'vitest'
import {
  type Denoiser,
  type GivenFrames,
  guidedDenoise,
  mergeAndSplit,
  type NetworkInput,
  precondition,
  singlePatch,
  tensor,
} from './index.ts'

const shape = [1, 1, 2, 2, 2]

/** F is 1 with the prompt and 0.5 with the negative prompt. */
function network(calls: NetworkInput[]): Denoiser {
  return {
    predict: async (input) => {
      calls.push(input)
      return tensor(shape, new Float32Array(8).fill(input.pass === 'prompt' ? 1 : 0.5))
    },
  }
}

describe('guided denoiser', () => {
  it('combines as cond + g (cond - uncond) around the preconditioned network', async () => {
    const calls: NetworkInput[] = []
    const x = Float32Array.from({ length: 8 }, (_, i) => i)
    const x0 = await guidedDenoise(network(calls), shape, { guidance: 3 })(x, 2)
    const p = precondition(2)
    expect(calls.map(({ pass }) => pass)).toEqual(['prompt', 'negative'])
    expect(calls[0].noise).toBeCloseTo(Math.log(2) / 4, 12)
    calls[0].x.data.forEach((value, i) => expect(value).toBeCloseTo(i * p.in, 6))
    x0.forEach((value, i) => expect(value).toBeCloseTo(p.skip * i + p.out * (1 + 3 * 0.5), 6))
  })

  it('skips the negative pass at guidance 0', async () => {
    const calls: NetworkInput[] = []
    await guidedDenoise(network(calls), shape, { guidance: 0 })(new Float32Array(8), 2)
    expect(calls.map(({ pass }) => pass)).toEqual(['prompt'])
  })

  it('holds given frames fixed and shows them clean to the network', async () => {
    const given: GivenFrames = {
      frames: Float32Array.of(1, 0),
      latent: tensor(shape, new Float32Array(8).fill(0.7)),
      noise: tensor(shape),
    }
    for (const sigma of [80, 1, 0.002]) {
      const calls: NetworkInput[] = []
      const x0 = await guidedDenoise(network(calls), shape, { guidance: 1, given })(new Float32Array(8).fill(sigma), sigma)
      expect(Array.from(x0.subarray(0, 4))).toEqual(Array.from(new Float32Array(4).fill(0.7)))
      // after c_in a given frame is 2 z, the tokenizer's own scale, at every noise level
      calls[0].x.data.subarray(0, 4).forEach((value) => expect(value).toBeCloseTo(1.4, 5))
      expect(calls[0].given).toBe(given.frames)
    }
  })

  it('rescales the first row and column when a single patch is merged', () => {
    const x0 = tensor([1, 1, 1, 4, 4], new Float32Array(16).fill(1))
    mergeAndSplit(x0, singlePatch(4, 4))
    expect(x0.data[0]).toBeCloseTo(0.9900990099, 7)
    expect(x0.data[1]).toBeCloseTo(0.99990001, 7)
    expect(x0.data[4]).toBeCloseTo(0.99990001, 7)
    expect(x0.data[15]).toBeCloseTo(0.999999, 7)
  })

  it('refuses negative guidance', () => {
    expect(() => guidedDenoise(network([]), shape, { guidance: -1 })).toThrow(expect.objectContaining({ code: 'VIRGA_USAGE' }))
  })
})
