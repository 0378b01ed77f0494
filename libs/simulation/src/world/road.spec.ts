import { describe, expect, it } from 'vitest'
import { Random } from '../random.ts'
import { Road } from './road.ts'

describe('Road', () => {
  it.each([1, 2, 3, 4, 5, 6])('is measured by arc length, bends gently and never turns back (seed %i)', (seed) => {
    const road = new Road(new Random(seed, 'road'), -60, 600)
    for (let s = -50; s < 590; s += 1) {
      const a = road.at(s)
      const b = road.at(s + 1)
      expect(Math.hypot(b.x - a.x, b.y - a.y)).toBeCloseTo(1, 3)
      // Radius above 60 m everywhere.
      expect(Math.abs(b.heading - a.heading)).toBeLessThan(1 / 60)
      expect(Math.abs(a.heading)).toBeLessThan(1)
      // The heading is the direction of the line.
      expect(Math.atan2(b.y - a.y, b.x - a.x)).toBeCloseTo((a.heading + b.heading) / 2, 3)
    }
  })

  it('places lateral offsets to the left', () => {
    const road = new Road(new Random(1, 'road'), -60, 100)
    const { x, y, heading } = road.at(0)
    const [px, py] = road.place(0, 2)
    expect([px - x, py - y]).toEqual([expect.closeTo(-2 * Math.sin(heading), 9), expect.closeTo(2 * Math.cos(heading), 9)])
  })
})
