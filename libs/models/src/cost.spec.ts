import { describe, expect, it } from 'vitest'
import { networkCost, type NetworkSize, networkWeights, stepMemory } from './cost.ts'

const size: NetworkSize = { dim: 4096, heads: 32, blocks: 28, controlBlocks: 3, textTokens: 512, textDim: 1024, adalnRank: 256 }
const tokens = 16 * 44 * 80

describe('cost of the published network', () => {
  it("has the published numbers of weights, to a thousandth (norms, and the control file's unused layers, are left out)", () => {
    const { base, control } = networkWeights(size)
    expect(Math.abs(base / 7_236_208_640 - 1)).toBeLessThan(1e-3)
    // 3.4 million of an unused final layer, and 1.8 million of idle hint columns
    expect(Math.abs((control + 5.3e6) / 893_497_120 - 1)).toBeLessThan(1e-3)
  })

  it('takes 2.21 and 0.242 PFLOP at 1280x704 and 121 frames, two thirds of it for the scores and sums of attention', () => {
    const { base, control } = networkCost(size, tokens)
    expect(base / 1e15).toBeCloseTo(2.21, 2)
    expect(control / 1e15).toBeCloseTo(0.242, 3)
    expect((28 * 4 * tokens * tokens * size.dim) / base).toBeCloseTo(0.66, 2)
  })

  it('holds 203 GB of fp16 scores where attention is not fused', () => {
    const more =
      stepMemory(size, tokens, { bytes: 2, controls: 2, fused: false }) - stepMemory(size, tokens, { bytes: 2, controls: 2, fused: true })
    expect(Math.abs(more / 203e9 - 1)).toBeLessThan(0.02)
  })
})
