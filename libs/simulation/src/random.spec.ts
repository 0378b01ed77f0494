import { describe, expect, it } from 'vitest'
import { Random } from './random.ts'

describe('Random', () => {
  it('gives the same numbers for the same seed and stream, others for others', () => {
    const take = (seed: number, stream: string): number[] => {
      const random = new Random(seed, stream)
      return [random.next(), random.next(), random.next()]
    }
    expect(take(7, 'trees')).toEqual(take(7, 'trees'))
    expect(take(7, 'trees')).not.toEqual(take(7, 'cars'))
    expect(take(7, 'trees')).not.toEqual(take(8, 'trees'))
  })

  it('is uniform: mean and spread of 20,000 numbers, and every integer of a range', () => {
    const random = new Random(1)
    const numbers = Array.from({ length: 20_000 }, () => random.next())
    const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length
    const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length
    expect(mean).toBeCloseTo(0.5, 1)
    expect(variance).toBeCloseTo(1 / 12, 2)
    expect(new Set(Array.from({ length: 200 }, () => random.integer(3, 6)))).toEqual(new Set([3, 4, 5, 6]))
  })

  it('shuffles without losing anything', () => {
    const items = Array.from({ length: 30 }, (_, i) => i)
    const shuffled = new Random(2).shuffled(items)
    expect(shuffled).not.toEqual(items)
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items)
  })
})
