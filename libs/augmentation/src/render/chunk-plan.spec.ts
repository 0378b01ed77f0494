import { describe, expect, it } from 'vitest'
import { planChunks } from './chunk-plan.ts'

describe('planChunks', () => {
  it('makes one chunk of everything without a length', () => {
    expect(planChunks(300, undefined, 'drop')).toEqual({ chunks: [{ index: 0, first: 0, frames: 300, padded: 0 }], dropped: 0 })
  })

  it('drops, pads or shortens the tail: 300 frames in chunks of 121', () => {
    const whole = [
      { index: 0, first: 0, frames: 121, padded: 0 },
      { index: 1, first: 121, frames: 121, padded: 0 },
    ]
    expect(planChunks(300, 121, 'drop')).toEqual({ chunks: whole, dropped: 58 })
    expect(planChunks(300, 121, 'short')).toEqual({ chunks: [...whole, { index: 2, first: 242, frames: 58, padded: 0 }], dropped: 0 })
    expect(planChunks(300, 121, 'pad')).toEqual({ chunks: [...whole, { index: 2, first: 242, frames: 58, padded: 63 }], dropped: 0 })
    expect(planChunks(242, 121, 'pad')).toEqual({ chunks: whole, dropped: 0 })
  })

  it('covers every frame once, whatever the numbers', () => {
    for (let frames = 1; frames < 40; frames += 1) {
      for (let length = 1; length < 15; length += 1) {
        const { chunks, dropped } = planChunks(frames, length, 'short')
        expect(dropped).toBe(0)
        expect(chunks.flatMap(({ first, frames: count }) => Array.from({ length: count }, (_, i) => first + i))).toEqual(
          Array.from({ length: frames }, (_, i) => i),
        )
      }
    }
  })

  it('refuses what makes no chunk', () => {
    expect(() => planChunks(10, 0, 'short')).toThrow(/chunks of 0 frames/)
    expect(() => planChunks(10, 2.5, 'short')).toThrow(/chunks of 2.5 frames/)
    expect(() => planChunks(100, 121, 'drop')).toThrow(/100 frames do not fill one chunk of 121/)
  })
})
