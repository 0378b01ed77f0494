import { describe, expect, it } from 'vitest'
import { clipFrames, latentFrames, planClips, wholeClip } from './index.ts'

describe('clips', () => {
  it.each([
    [1, 1],
    [2, 9],
    [9, 9],
    [60, 65],
    [121, 121],
  ])('%i frames make a whole clip of %i', (frames, expected) => {
    expect(wholeClip(frames)).toBe(expected)
    expect(latentFrames(expected)).toBe(1 + (expected - 1) / 8)
  })

  it.each([
    [121, 1],
    [122, 2],
    [241, 2],
    [242, 3],
    [5000, 42],
  ])('%i frames need %i clips of 121', (frames, clips) => {
    expect(planClips(frames, 121, 0)).toHaveLength(clips)
  })

  it('repeats the last frame as padding', () => {
    const source = Array.from({ length: 12 }, (_, i) => i)
    expect(planClips(12, 9, 0).map((clip) => clipFrames(source, clip))).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
      [8, 9, 10, 11, 11, 11, 11, 11, 11],
    ])
  })
})
