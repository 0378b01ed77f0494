import type { Random } from '../random.ts'

/** A point of the centre line: world metres and heading in radians. */
export interface RoadPoint {
  readonly x: number
  readonly y: number
  readonly heading: number
}

/**
 * The centre line as a function of arc length s (metres); d is the lateral offset, positive to the left.
 *
 * Its curvature is a sum of two sines, so the heading stays bounded and the road never meets itself, however long it is.
 */
export class Road {
  readonly start: number
  readonly end: number
  private readonly points: Float64Array
  private static readonly step = 0.5

  constructor(random: Random, start: number, end: number) {
    this.start = start
    this.end = end
    const straight = random.chance(0.35)
    const bends = [0, 1].map((i) => ({
      swing: (straight ? 0.25 : 1) * random.between(0.05, i === 0 ? 0.26 : 0.1),
      wavelength: random.between(i === 0 ? 190 : 90, i === 0 ? 380 : 170) / (2 * Math.PI),
      phase: random.between(0, 2 * Math.PI),
    }))
    const headingAt = (s: number): number =>
      bends.reduce((sum, bend) => sum + bend.swing * (Math.sin(s / bend.wavelength + bend.phase) - Math.sin(bend.phase)), 0)
    const count = Math.ceil((end - start) / Road.step) + 2
    this.points = new Float64Array(count * 3)
    // The world's origin is at s = 0: integrate from there both ways.
    const zero = Math.round(-start / Road.step)
    for (const direction of [1, -1]) {
      let x = 0
      let y = 0
      for (let i = zero; i >= 0 && i < count; i += direction) {
        const s = (i - zero) * Road.step
        this.points.set([x, y, headingAt(s)], i * 3)
        const middle = headingAt(s + (direction * Road.step) / 2)
        x += direction * Road.step * Math.cos(middle)
        y += direction * Road.step * Math.sin(middle)
      }
    }
    this.start = -zero * Road.step
  }

  at(s: number): RoadPoint {
    const count = this.points.length / 3
    const t = Math.min(Math.max((s - this.start) / Road.step, 0), count - 1.000001)
    const i = Math.floor(t)
    const f = t - i
    const p = this.points
    const blend = (k: number): number => p[i * 3 + k] * (1 - f) + p[i * 3 + 3 + k] * f
    return { x: blend(0), y: blend(1), heading: blend(2) }
  }

  /** World x, y of the point at arc length s and lateral offset d (left positive). */
  place(s: number, d: number): [number, number] {
    const { x, y, heading } = this.at(s)
    return [x - Math.sin(heading) * d, y + Math.cos(heading) * d]
  }
}
