import { describe, expect, it } from 'vitest'
import { Random } from '../random.ts'
import { Road, stationStep } from './road.ts'

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

  const roads = Array.from({ length: 100 }, (_, seed) => new Road(new Random(seed, 'road'), -60, 600))

  it('climbs by at most 6 per cent; some roads are flat, some steep', () => {
    const steepest = roads.map((road) => Math.max(...Array.from({ length: 600 }, (_, s) => Math.abs(road.slope(s)))))
    expect(Math.max(...steepest)).toBeLessThan(0.06)
    expect(steepest.filter((grade) => grade === 0).length).toBeGreaterThan(10)
    expect(steepest.filter((grade) => grade > 0.04).length).toBeGreaterThan(10)
  })

  it('is straight in height between stations, near the smooth curve whose slope it states', () => {
    for (const road of roads.slice(0, 20)) {
      for (let s = -50; s < 590; s += 3.7) {
        const station = Math.floor(s / stationStep) * stationStep
        const f = (s - station) / stationStep
        expect(road.height(s)).toBeCloseTo(road.height(station) * (1 - f) + road.height(station + stationStep) * f, 9)
        expect((road.height(station + 10) - road.height(station)) / 10).toBeCloseTo(road.slope(station + 5), 3)
      }
      expect(road.height(0)).toBe(0)
    }
  })

  it('lists both ends and every station between them', () => {
    expect(roads[0].stations(3, 15)).toEqual([3, 5, 10, 15])
    expect(roads[0].stations(-5, 5.5)).toEqual([-5, 0, 5, 5.5])
  })
})
