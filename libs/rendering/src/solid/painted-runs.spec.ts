import { describe, expect, it } from 'vitest'
import { paintedRuns } from './painted-runs.ts'
import { segmentsOf } from './subdivide.ts'

describe('sampling an edge', () => {
  it('takes max(floor(length / spacing), 2) points', () => {
    expect([0.01, 0.1, 0.15, 0.2, 1, 8].map((length) => segmentsOf(length, 0.05))).toEqual([1, 1, 1, 3, 19, 159])
  })
})

describe('painted runs', () => {
  it('paints a solid line whole', () => {
    expect(paintedRuns([10, 5], [1, 0.5], undefined)).toEqual([[0, 15]])
    expect(paintedRuns([], [], undefined)).toEqual([])
  })

  it('counts segments over the whole line, across its edges', () => {
    const dash = { unit: 'segments', on: 60, off: 182 } as const
    expect(paintedRuns([100, 200, 10], [5, 10, 0.5], dash)).toEqual([[0, 60], [242, 302]]) // prettier-ignore
    // A line of no more segments than one dash is solid.
    expect(paintedRuns([50], [2.5], dash)).toEqual([[0, 50]])
  })

  it('takes every third segment of a window, or every tenth of all', () => {
    const starts = (dash: Parameters<typeof paintedRuns>[2], segments: number): number[] =>
      paintedRuns([segments], [1], dash).map(([from]) => from)
    const dots = { unit: 'segments', on: 18, off: 54, every: 3 } as const
    expect(starts(dots, 80)).toEqual([0, 3, 6, 9, 12, 15, 72, 75, 78])
    expect(starts(dots, 18)).toEqual([0, 3, 6, 9, 12, 15])
    expect(starts({ unit: 'segments', on: 1, off: 9 }, 25)).toEqual([0, 10, 20])
  })

  it('cuts exactly at metres, on edges of different sampling', () => {
    // 2 m in 10 segments, then 18 m in 20.
    const runs = paintedRuns([10, 20], [2, 18], { unit: 'metres', on: 3, off: 9 })
    expect(runs).toHaveLength(2)
    expect(runs[0][0]).toBe(0)
    expect(runs[0][1]).toBeCloseTo(10 + (1 / 18) * 20, 9)
    expect(runs[1][0]).toBeCloseTo(10 + (10 / 18) * 20, 9)
    expect(runs[1][1]).toBeCloseTo(10 + (13 / 18) * 20, 9)
  })

  it('keeps to whole segments where asked', () => {
    const runs = paintedRuns([100], [5.1], { unit: 'metres', on: 1.5, off: 1.5, whole: true })
    // 5.1 cm a segment: 29 of them end by 1.5 m; those from 3 m on start with number 59.
    expect(runs).toEqual([[0, 29], [59, 88]]) // prettier-ignore
  })
})
