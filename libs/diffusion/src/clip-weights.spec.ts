import { describe, expect, it } from 'vitest'
import { heldWeights, readWeights, resolveControlWeights, type WeightMap } from './index.ts'

/** A repeatable stream of numbers in 0..1. */
function random(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48271) % 2147483647) / 2147483647
}

const [frames, height, width] = [45, 32, 48] as const
const next = random(7)
const maps = Array.from({ length: 3 }, (): WeightMap => ({
  frames,
  height,
  width,
  data: Float32Array.from({ length: frames * height * width }, () => next() * 1.4 - 0.2),
}))
const plane = height * width
const source = {
  extents: [frames, height, width] as const,
  isActive: () => true,
  read: async function* (first: number, count: number) {
    for (let i = first; i < first + count; i++) yield maps.map(({ data }) => data.slice(i * plane, (i + 1) * plane))
  },
}

/**
 * A token's weight in float64, from the definition: clamp at 0, divide by the sum over controls where it exceeds 1, then the mean of the
 * central 2 x 2 pixels of a cell of 16 x 16, of the first frame alone or of the middle two of 8 frames; frames beyond the end repeat the last.
 */
function token(control: number, first: number, [t, row, column]: readonly [number, number, number]): number {
  const chosen = t === 0 ? [0] : [8 * (t - 1) + 4, 8 * (t - 1) + 5]
  let sum = 0
  for (const frame of chosen)
    for (const dy of [7, 8])
      for (const dx of [7, 8]) {
        const at = (Math.min(first + frame, frames - 1) * height + row * 16 + dy) * width + column * 16 + dx
        const values = maps.map(({ data }) => Math.max(0, data[at]))
        sum += values[control] / Math.max(1, values[0] + values[1] + values[2])
      }
  return sum / (4 * chosen.length)
}

describe('weights of clips', () => {
  const grid = [3, 2, 3] as const

  it.each([0, 16, 28, 40])('from frame %i on are the same held, read and from the definition', async (first) => {
    const held = await heldWeights(resolveControlWeights(maps, [frames, height, width])).tokens(first, 17, grid)
    const read = await readWeights(source).tokens(first, 17, grid)
    expect(read).toEqual(held)
    read.forEach((tokens, control) => {
      for (let i = 0; i < 18; i++)
        expect((tokens as Float32Array)[i]).toBeCloseTo(token(control, first, [Math.floor(i / 6), Math.floor(i / 3) % 2, i % 3]), 6)
    })
  })

  it('of numbers are numbers', async () => {
    const weights = heldWeights(resolveControlWeights([1, 1, 0], [frames, height, width]))
    expect(await weights.tokens(0, 17, grid)).toEqual([0.5, 0.5, 0])
    expect([0, 1, 2].map((control) => weights.isActive(control))).toEqual([true, true, false])
  })
})
