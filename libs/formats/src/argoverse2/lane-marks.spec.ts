import { describe, expect, it } from 'vitest'
import { laneMarks, markOf, paintOf, turnPaint } from './lane-marks.ts'

describe('lane marks', () => {
  it.each(laneMarks.filter((mark) => mark !== 'NONE'))('%s comes back from its paint on either side', (mark) => {
    for (const side of ['left', 'right'] as const) {
      const paint = paintOf(mark, side)
      if (paint === undefined) throw new Error('no paint')
      expect(markOf(paint, side)).toEqual({ mark, exact: true })
    }
  })

  it('reads unequal double lines from the inside out', () => {
    // The right lane's left side and the left lane's right side are the same paint, so their words are swapped.
    expect(paintOf('DASH_SOLID_YELLOW', 'right')).toEqual({ colour: 'yellow', pattern: 'dashed-solid' })
    expect(paintOf('SOLID_DASH_YELLOW', 'left')).toEqual({ colour: 'yellow', pattern: 'dashed-solid' })
    // Two oncoming lanes share their left sides: one sees the paint the other way round.
    expect(turnPaint({ colour: 'yellow', pattern: 'solid-dashed' })).toEqual({ colour: 'yellow', pattern: 'dashed-solid' })
  })

  it('NONE is no paint; what the format lacks becomes the nearest', () => {
    expect(paintOf('NONE', 'left')).toBeUndefined()
    expect(markOf({ colour: 'white', pattern: 'short-dashed' }, 'left')).toEqual({ mark: 'DASHED_WHITE', exact: false })
    expect(markOf({ colour: 'blue', pattern: 'dotted' }, 'left')).toEqual({ mark: 'SOLID_BLUE', exact: false })
    expect(markOf({ colour: 'other', pattern: 'other' }, 'left')).toEqual({ mark: 'UNKNOWN', exact: false })
  })
})
