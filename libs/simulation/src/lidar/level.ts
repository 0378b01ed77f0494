import type { Placement } from '../world/traffic/actor.ts'
import type { Triangles } from './triangles.ts'

type Turn3 = readonly [number, number, number, number, number, number, number, number, number]

/**
 * Tilts the world about a place so that a body that stands there, nose up by its pitch, stands level. The sensor is upright on its vehicle, and rays
 * are cast in vertical half-planes: so on a slope the world is tilted instead.
 */
export class Leveller {
  readonly #pivot: Placement
  /** Rows of the rotation; undefined on level ground. */
  readonly #turn: Turn3 | undefined

  constructor(at: Placement) {
    this.#pivot = at
    const pitch = at.pitch ?? 0
    if (pitch === 0) return
    const [c, s] = [Math.cos(at.heading), Math.sin(at.heading)]
    const [k, p] = [1 - Math.cos(pitch), Math.sin(pitch)]
    // Nose down by the pitch about the body's own left axis (-s, c, 0).
    this.#turn = [1 - k * c * c, -k * c * s, p * c, -k * c * s, 1 - k * s * s, p * s, -p * c, -p * s, 1 - k]
  }

  get isLevel(): boolean {
    return this.#turn === undefined
  }

  point(x: number, y: number, z: number): [number, number, number] {
    const m = this.#turn
    if (m === undefined) return [x, y, z]
    const { x: ox, y: oy, z: oz } = this.#pivot
    const [dx, dy, dz] = [x - ox, y - oy, z - oz]
    return [ox + m[0] * dx + m[1] * dy + m[2] * dz, oy + m[3] * dx + m[4] * dy + m[5] * dz, oz + m[6] * dx + m[7] * dy + m[8] * dz]
  }

  triangles<T extends Triangles>(source: T): T {
    if (this.#turn === undefined) return source
    const p = source.corners
    const corners = new Float64Array(p.length)
    const m = this.#turn
    const { x: ox, y: oy, z: oz } = this.#pivot
    for (let i = 0; i < p.length; i += 3) {
      const [dx, dy, dz] = [p[i] - ox, p[i + 1] - oy, p[i + 2] - oz]
      corners[i] = ox + m[0] * dx + m[1] * dy + m[2] * dz
      corners[i + 1] = oy + m[3] * dx + m[4] * dy + m[5] * dz
      corners[i + 2] = oz + m[6] * dx + m[7] * dy + m[8] * dz
    }
    return { ...source, corners }
  }
}
