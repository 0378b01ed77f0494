import { describe, expect, it } from 'vitest'
import { resolveControlWeights, sliceWeights, tokenWeights, type WeightMap } from './index.ts'

const map = (frames: number, height: number, width: number, value: (i: number) => number): WeightMap => ({
  frames,
  height,
  width,
  data: Float32Array.from({ length: frames * height * width }, (_, i) => value(i)),
})

describe('control weights', () => {
  it('takes a numeric 0 beside a map as 0, unless the official reading is asked for', () => {
    const entries = [map(1, 2, 2, () => 1), 0]
    const own = resolveControlWeights(entries, [1, 2, 2])
    const official = resolveControlWeights(entries, [1, 2, 2], { numericZero: 'official' })
    if (own.kind !== 'map' || official.kind !== 'map') throw new Error('no map')
    expect([own.maps[0][0], own.maps[1][0]]).toEqual([1, 0])
    expect([official.maps[0][0], official.maps[1][0]]).toEqual([0.5, 0.5])
  })

  it('divides by the sum only where it exceeds 1', () => {
    const weights = resolveControlWeights([map(1, 1, 2, (i) => i), 0.5], [1, 1, 2])
    if (weights.kind !== 'map') throw new Error('no map')
    expect(Array.from(weights.maps[0])).toEqual([0, Math.fround(2 / 3)])
    expect(Array.from(weights.maps[1])).toEqual([0.5, Math.fround(1 / 3)])
  })

  it('reduces to the central pixels of a cell: a line at pixel 7 of 16 counts half, one at pixel 3 is lost', () => {
    const line = (column: number): Float32Array => Float32Array.from({ length: 16 * 16 }, (_, i) => (i % 16 === column ? 1 : 0))
    expect(tokenWeights(line(7), [1, 16, 16], [1, 1, 1])[0]).toBeCloseTo(0.5, 6)
    expect(tokenWeights(line(3), [1, 16, 16], [1, 1, 1])[0]).toBe(0)
  })

  it('repeats the last frame beyond the end of a map', () => {
    const weights = resolveControlWeights([map(3, 1, 1, (i) => i / 10)], [3, 1, 1])
    const slice = sliceWeights(weights, 1, 4)
    if (slice.kind !== 'map') throw new Error('no map')
    expect(Array.from(slice.maps[0])).toEqual([0.1, 0.2, 0.2, 0.2].map(Math.fround))
  })

  it.each([[[-1]], [['x']], [[Number.NaN]], [['']]])('refuses %j', (entries) => {
    expect(() => resolveControlWeights(entries, [1, 1, 1])).toThrow(
      expect.objectContaining({ code: 'VIRGA_BAD_INPUT', message: expect.stringContaining('control 0') as string }),
    )
  })

  it('refuses a map with NaN, an ill-sized map, and one whose frames do not fit the clip', () => {
    expect(() => resolveControlWeights([map(1, 1, 1, () => Number.NaN)], [1, 1, 1])).toThrow('not finite')
    expect(() => resolveControlWeights([{ ...map(1, 1, 1, () => 1), width: 2 }], [1, 1, 1])).toThrow('1 x 1 x 2')
    expect(() => tokenWeights(new Float32Array(5), [5, 1, 1], [2, 1, 1])).toThrow('9 or 2 frames')
  })
})
