import { describe, expect, it } from 'vitest'
import { padIds, zeroPaddingRows } from './index.ts'

describe('text rules', () => {
  it('pads and masks, or cuts', () => {
    expect(padIds([5, 6], 4)).toEqual({ ids: BigInt64Array.of(5n, 6n, 0n, 0n), mask: BigInt64Array.of(1n, 1n, 0n, 0n), length: 2 })
    expect(padIds([5, 6, 7], 2)).toEqual({ ids: BigInt64Array.of(5n, 6n), mask: BigInt64Array.of(1n, 1n), length: 2 })
  })

  it('zeroes the rows beyond the length', () => {
    const embedding = Float32Array.of(1, 2, 3, 4, 5, 6)
    zeroPaddingRows(embedding, 2, 1)
    expect(Array.from(embedding)).toEqual([1, 2, 0, 0, 0, 0])
  })
})
