import type { Random } from '../random.ts'

/** A point of the centre line: world metres and heading in radians. */
export interface RoadPoint {
  readonly x: number
  readonly y: number
  readonly heading: number
}

/** Metres between the stations at which the ground's mesh and the map's lines have their vertices; heights are straight between them. */
export const stationStep = 5

/** One sine of the height: rise per metre at its steepest, radians per metre, phase. */
interface Swell {
  readonly grade: number
  readonly k: number
  readonly phase: number
}

/**
 * The centre line as a function of arc length s (metres); d is the lateral offset, positive to the left.
 *
 * Its curvature is a sum of two sines, so the heading stays bounded and the road never meets itself, however long it is. Its height is another such
 * sum, level across the road: the ground is the surface of all (place(s, d), height(s)).
 */
export class Road {
  readonly start: number
  readonly end: number
  private readonly points: Float64Array
  private readonly swells: readonly Swell[]
  private static readonly step = 0.5

  constructor(random: Random, start: number, end: number) {
    this.start = start
    this.end = end
    const straight = random.chance(0.35)
    const bends = [0, 1].map((i) => ({
      swing: (straight ? 0.25 : 1) * random.between(0.05, i === 0 ? 0.26 : 0.08),
      wavelength: random.between(i === 0 ? 190 : 90, i === 0 ? 380 : 170) / (2 * Math.PI),
      phase: random.between(0, 2 * Math.PI),
    }))
    const flat = random.chance(0.25)
    // Grades of up to 4 and 2 per cent: 6 in all.
    this.swells = flat
      ? []
      : [0, 1].map((i) => ({
          grade: i === 0 ? random.between(0.012, 0.04) : random.between(0.004, 0.019),
          k: (2 * Math.PI) / (i === 0 ? random.between(220, 420) : random.between(110, 200)),
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

  /** Metres above the world's origin of the ground at arc length s, whatever the offset: straight between stations, as the mesh is. */
  height(s: number): number {
    if (this.swells.length === 0) return 0
    // Beyond its ends the road stays where it is, as in `at`.
    const place = Math.min(Math.max(s, this.start), this.end) / stationStep
    const station = Math.floor(place)
    const f = place - station
    const low = this.smoothHeight(station * stationStep)
    return f === 0 ? low : low + f * (this.smoothHeight((station + 1) * stationStep) - low)
  }

  /** Metres of rise per metre along the road, smooth. */
  slope(s: number): number {
    return this.swells.reduce((sum, { grade, k, phase }) => sum + grade * Math.cos(k * s + phase), 0)
  }

  /** The point on the ground at (s, d), lifted by `up` metres. */
  place3(s: number, d: number, up = 0): [number, number, number] {
    const [x, y] = this.place(s, d)
    return [x, y, this.height(s) + up]
  }

  /** Arc lengths from a to b (a < b), both included, with every station between them. */
  stations(a: number, b: number): number[] {
    const list = [a]
    for (let i = Math.floor(a / stationStep + 1e-6) + 1; i * stationStep < b - 1e-6; i++) list.push(i * stationStep)
    list.push(b)
    return list
  }

  private smoothHeight(s: number): number {
    return this.swells.reduce((sum, { grade, k, phase }) => sum + (grade / k) * (Math.sin(k * s + phase) - Math.sin(phase)), 0)
  }
}
