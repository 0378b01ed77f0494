import { describe, expect, it } from 'vitest'
import { blendRule } from './blend.ts'
import { squaredDistance } from './distance-transform.ts'
import { growFeather } from './grow-feather.ts'
import { nearNames } from './near-names.ts'
import { scheduleAt } from './schedule.ts'

/** A repeatable stream of numbers in 0..1. */
function random(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48271) % 2147483647) / 2147483647
}

describe('squaredDistance', () => {
  it.each([
    [1, 1, 0.5],
    [17, 9, 0.05],
    [9, 17, 0.3],
    [31, 23, 0.01],
    [12, 12, 0],
  ])('is the distance to the nearest set pixel: %i x %i, %d set', (width, height, share) => {
    const next = random(width * 100 + height)
    const set = Array.from({ length: width * height }, () => next() < share)
    const actual = squaredDistance((i) => set[i], width, height)
    for (let i = 0; i < set.length; i++) {
      let nearest = Infinity
      for (let j = 0; j < set.length; j++)
        if (set[j]) nearest = Math.min(nearest, ((i % width) - (j % width)) ** 2 + (Math.floor(i / width) - Math.floor(j / width)) ** 2)
      expect(actual[i]).toBe(nearest)
    }
  })
})

describe('growFeather', () => {
  const dot = Uint8Array.from({ length: 81 }, (_, i) => (i === 40 ? 255 : 0))

  it('grows a dot by one pixel to its eight neighbours, and shrinks it back', () => {
    const grown = growFeather(dot, 9, 9, 1, 0)
    expect(grown.reduce((sum, value) => sum + (value === 255 ? 1 : 0), 0)).toBe(9)
    expect(growFeather(grown, 9, 9, -1, 0)).toEqual(dot)
  })

  it('falls off linearly outside', () => {
    const row = Array.from(growFeather(dot, 9, 9, 0, 2).subarray(36, 45))
    expect(row).toEqual([0, 0, 0, 191, 255, 191, 64, 0, 0].map((value, i) => (i === 2 ? 64 : value)))
  })

  it('leaves nothing and everything as they are', () => {
    expect(growFeather(new Uint8Array(81), 9, 9, 3, 2).every((value) => value === 0)).toBe(true)
    expect(growFeather(new Uint8Array(81).fill(255), 9, 9, -3, 2).every((value) => value === 255)).toBe(true)
  })
})

describe('blendRule', () => {
  it.each([
    ['over', [0.3, 0.6, 0.9]],
    ['sum', [0.3, 0.75, 1.2]],
    ['max', [0.3, 0.45, 0.9]],
    ['min', [0.3, 0.3, 0.3]],
    ['product', [0.3, 0.285, 0.27]],
  ] as const)('%s with the mask at 0, 1/2 and 1', (blend, expected) => {
    const below = new Float32Array(3).fill(0.3)
    blendRule(below, 0.9, Uint8Array.of(0, 127.5, 255), blend)
    below.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 2))
  })

  it('keeps whole constants exact', () => {
    const below = new Float32Array(1).fill(0.7)
    blendRule(below, 0.3, undefined, 'over')
    expect(below[0]).toBe(Math.fround(0.3))
  })
})

describe('scheduleAt', () => {
  const keys = [
    { seconds: 1, weight: 0 },
    { seconds: 2, weight: 1 },
  ]
  it.each([
    ['step', [0, 0, 0, 0, 1, 1]],
    ['linear', [0, 0, 0.25, 0.5, 1, 1]],
    ['smooth', [0, 0, 0.15625, 0.5, 1, 1]],
  ] as const)('%s', (ease, expected) => {
    expect([0, 24, 30, 36, 48, 90].map((frame) => scheduleAt({ ease, keys }, frame, 24))).toEqual(expected)
  })
})

describe('nearNames', () => {
  it('lists what may have been meant', () => {
    expect(nearNames('vehicel', ['sky', 'vehicle', 'pedestrian'])).toEqual(['vehicle'])
    expect(nearNames('zzz', ['sky', 'road'])).toEqual([])
  })
})
