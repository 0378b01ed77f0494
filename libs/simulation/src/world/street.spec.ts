import { describe, expect, it } from 'vitest'
import { Random } from '../random.ts'
import { layStreet, type Street } from './street.ts'

const streets = Array.from({ length: 200 }, (_, seed) => layStreet(new Random(seed, 'street'), -45, 400))
const seen = <T>(of: (street: Street) => readonly T[]): Map<T, number> => {
  const counts = new Map<T, number>()
  for (const street of streets) for (const value of new Set(of(street))) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** What the world-scenario style tells apart (its table of lane lines). */
const table = [
  'white solid',
  'yellow solid',
  'white long-dashed',
  'yellow long-dashed',
  'white short-dashed',
  'white dot-dashed',
  'white double-solid',
  'yellow double-solid',
  'yellow solid-dashed',
  'yellow dashed-solid',
  'yellow dotted',
  'yellow double-dotted',
  'yellow double-dashed',
  'white double-dashed',
  'white other',
  'yellow other',
]

describe('layStreet over 200 seeds', () => {
  it('has two to six lanes, one way up to four, and the ego in any of its lanes', () => {
    const sections = seen(({ forwardLanes, oncomingLanes }) => [`${forwardLanes}+${oncomingLanes}`])
    for (const section of ['1+1', '2+1', '1+2', '2+2', '3+2', '2+3', '3+3', '2+0', '3+0', '4+0'])
      expect(sections.get(section), section).toBeGreaterThan(2)
    expect(sections.size).toBe(10)
    for (const lane of [0, 1, 2, 3]) expect(seen(({ egoLane }) => [egoLane]).get(lane), `ego in lane ${lane}`).toBeGreaterThan(2)
    for (const { egoLane, forwardLanes } of streets) expect(egoLane).toBeLessThan(forwardLanes)
  })

  it('paints every type of lane line of the world-scenario table, the common ones often', () => {
    const types = seen(({ lines }) => lines.map(({ colour, pattern }) => `${colour} ${pattern}`))
    for (const type of table) expect(types.get(type), type).toBeGreaterThan(0)
    for (const type of types.keys()) expect(table).toContain(type)
    for (const type of ['white solid', 'white long-dashed', 'yellow double-solid']) expect(types.get(type), type).toBeGreaterThan(30)
  })

  it('has lines from right to left, one lane apart, from edge to edge', () => {
    for (const { lines, laneWidth, edgeLeft, edgeRight, forwardLanes, oncomingLanes } of streets) {
      expect(lines.length).toBe(forwardLanes + oncomingLanes + 1)
      expect(lines[0].d).toBeCloseTo(edgeRight, 9)
      expect(lines.at(-1)?.d).toBeCloseTo(edgeLeft, 9)
      for (let i = 1; i < lines.length; i++) expect(lines[i].d - lines[i - 1].d).toBeCloseTo(laneWidth, 9)
    }
  })

  it('has crossings of streets, T-junctions to both sides, junctions with and without lights', () => {
    const kinds = seen(({ junctions }) =>
      junctions.map(({ arms, signals }) => `${arms.left ? 'left' : ''}${arms.right ? 'right' : ''} ${signals ? 'lights' : 'none'}`),
    )
    for (const arms of ['leftright', 'left', 'right']) {
      for (const signals of ['lights', 'none']) expect(kinds.get(`${arms} ${signals}`), `${arms} ${signals}`).toBeGreaterThan(4)
    }
  })

  it('stops those who come to lights at a line in front of them', () => {
    for (const { junctions, stopLines, oncomingLanes } of streets) {
      for (const { index, s, half } of junctions.filter(({ signals }) => signals)) {
        const own = stopLines.filter(({ junction }) => junction === index)
        expect(own.map(({ forward }) => forward)).toEqual(oncomingLanes > 0 ? [true, false] : [true])
        for (const line of own) expect((s - line.s) * (line.forward ? 1 : -1)).toBeGreaterThan(half + 4.7)
      }
    }
  })
})
