import { describe, expect, it } from 'vitest'
import { dashRuns, stripesOf } from './paint.ts'

describe('dashRuns', () => {
  it('counts dashes along a straight line from its start and cuts the last one', () => {
    expect(dashRuns([10, 15, 20, 25, 36], [5, 5, 5, 11], 3, 12)).toEqual([
      [10, 13],
      [22, 25],
      [34, 36],
    ])
  })

  it("counts a longer or shorter line's own metres", () => {
    // Twice as long as the road is: a dash of 3 m takes 1.5 m of arc length.
    const runs = dashRuns([0, 5, 10, 15, 20], [10, 10, 10, 10], 3, 12)
    expect(runs.flat()).toEqual([0, 1.5, 6, 7.5, 12, 13.5, 18, 19.5].map((value) => expect.closeTo(value, 9) as number))
  })
})

describe('stripesOf', () => {
  it('has the left stripe of a mixed pair first, as the words say', () => {
    const isBroken = (pattern: 'dashed-solid' | 'solid-dashed'): boolean[] => stripesOf[pattern].map(({ on }) => on !== undefined)
    expect(isBroken('dashed-solid')).toEqual([true, false])
    expect(isBroken('solid-dashed')).toEqual([false, true])
    for (const stripes of Object.values(stripesOf)) if (stripes.length === 2) expect(stripes[0].left).toBeGreaterThan(stripes[1].left)
  })
})
