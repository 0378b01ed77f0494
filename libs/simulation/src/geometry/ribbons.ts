import type { Road } from '../world/road.ts'
import type { ChunkedMesh } from './chunks.ts'
import type { Finish, Point } from './mesh.ts'

/** Lays quads on the ground along and across a road, cut at its stations, so that all that lies on the road shares its chords. */
export class Ribbons {
  readonly road: Road
  readonly #out: ChunkedMesh

  constructor(out: ChunkedMesh, road: Road) {
    this.#out = out
    this.road = road
  }

  /** Between lateral offsets d0 < d1, `up` metres above the ground; uv = (s, d). */
  along(s0: number, s1: number, d0: number, d1: number, up: number, finish: Finish): void {
    const stations = this.road.stations(s0, s1)
    for (let i = 0; i + 1 < stations.length; i++) {
      const [a, b] = [stations[i], stations[i + 1]]
      if (b - a < 1e-6) continue
      const uv = [
        [a, d0],
        [b, d0],
        [b, d1],
        [a, d1],
      ] as const
      this.#out.at((a + b) / 2).quad([this.#at(a, d0, up), this.#at(b, d0, up), this.#at(b, d1, up), this.#at(a, d1, up)], finish, uv)
    }
  }

  /** The same for things of a cross street whose middle is at arc length s: uv = (d, s - middle). */
  patch(s0: number, s1: number, d0: number, d1: number, up: number, finish: Finish, middle: number): void {
    const stations = this.road.stations(s0, s1)
    for (let i = 0; i + 1 < stations.length; i++) {
      const [a, b] = [stations[i], stations[i + 1]]
      if (b - a < 1e-6) continue
      const uv = [
        [d0, a - middle],
        [d0, b - middle],
        [d1, b - middle],
        [d1, a - middle],
      ] as const
      this.#out.at(middle).quad([this.#at(a, d0, up), this.#at(b, d0, up), this.#at(b, d1, up), this.#at(a, d1, up)], finish, uv)
    }
  }

  /** A convex piece of 3 or 4 corners (s, d), counter-clockwise from above, small enough to lie on one chord. */
  piece(places: readonly (readonly [number, number])[], up: number, finish: Finish): void {
    const corners = places.map(([s, d]) => this.#at(s, d, up))
    const [a, b, c] = corners
    this.#out.at(places[0][0]).quad([a, b, c, corners[3] ?? c], finish, [...places, places[places.length - 1]].slice(0, 4))
  }

  /** An upright face along the street from the ground to a kerb's top; it looks towards the left or the right. */
  riser(s0: number, s1: number, d: number, towardsLeft: boolean, finish: Finish, low = 0, high = 0.12): void {
    const stations = this.road.stations(s0, s1)
    for (let i = 0; i + 1 < stations.length; i++) {
      const [a, b] = [stations[i], stations[i + 1]]
      if (b - a < 1e-6) continue
      const [p, q] = towardsLeft ? [b, a] : [a, b]
      const quad: [Point, Point, Point, Point] = [this.#at(p, d, low), this.#at(q, d, low), this.#at(q, d, high), this.#at(p, d, high)]
      this.#out.at((a + b) / 2).quad(quad, finish, undefined, [0.7, 0.7, 1, 1])
    }
  }

  /** An upright face across the street that looks forward or back. */
  cap(s: number, d0: number, d1: number, low: number, high: number, forward: boolean, finish: Finish): void {
    const [p, q] = forward ? [d0, d1] : [d1, d0]
    this.#out.at(s).quad([this.#at(s, p, low), this.#at(s, q, low), this.#at(s, q, high), this.#at(s, p, high)], finish)
  }

  /** A square post. */
  post(s: number, d: number, half: number, low: number, high: number, finish: Finish): void {
    const corner = (i: number, z: number): Point => {
      const [along, across] = [i % 4 === 0 || i % 4 === 3 ? -half : half, i % 4 < 2 ? -half : half]
      return this.#at(s + along, d + across, z)
    }
    for (let i = 0; i < 4; i++) this.#out.at(s).quad([corner(i, low), corner(i + 1, low), corner(i + 1, high), corner(i, high)], finish)
  }

  #at(s: number, d: number, up: number): Point {
    return this.road.place3(s, d, up)
  }
}
