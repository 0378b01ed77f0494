import type { View } from '../camera/view.ts'
import type { Lens } from './lens.ts'
import type { TriangleList } from './triangle-list.ts'
import { planarNear } from './visible-strokes.ts'

/**
 * Makes triangles between points in space. Every corner is projected, also one behind the camera (a fisheye goes on linearly there), and
 * the adapter clips at depth 0 and at the far plane. A planar lens has no picture of what lies behind it: there triangles are cut in space.
 */
export class FaceMesh {
  readonly #list: TriangleList
  readonly #lens: Lens
  readonly #width: number
  readonly #height: number
  readonly #far: number
  #n = 0
  /** Camera coordinates, 3 per point. */
  #points = new Float64Array(3 << 6)
  #colours = new Uint32Array(1 << 6)
  /** Vertex number in the list; -1 for a point that a planar lens does not project. */
  #vertices = new Int32Array(1 << 6)

  constructor(list: TriangleList, lens: Lens, picture: { width: number; height: number }, far: number) {
    this.#list = list
    this.#lens = lens
    this.#width = picture.width
    this.#height = picture.height
    this.#far = far
  }

  /** Takes points (3n metres in the local frame) into the camera frame. False when all lie behind the camera or beyond the far plane. */
  load(points: ArrayLike<number>, { world_to_camera: m }: View): boolean {
    const n = points.length / 3
    if (n > this.#colours.length) this.#grow(n)
    this.#n = n
    let nearest = Infinity
    let farthest = -Infinity
    for (let i = 0; i < n; i += 1) {
      const [x, y, z] = [points[3 * i], points[3 * i + 1], points[3 * i + 2]]
      this.#points[3 * i] = m[0] * x + m[1] * y + m[2] * z + m[3]
      this.#points[3 * i + 1] = m[4] * x + m[5] * y + m[6] * z + m[7]
      const depth = m[8] * x + m[9] * y + m[10] * z + m[11]
      this.#points[3 * i + 2] = depth
      nearest = Math.min(nearest, depth)
      farthest = Math.max(farthest, depth)
    }
    return farthest >= 0 && nearest <= this.#far
  }

  depth(i: number): number {
    return this.#points[3 * i + 2]
  }

  point(i: number): [number, number, number] {
    return [this.#points[3 * i], this.#points[3 * i + 1], this.#points[3 * i + 2]]
  }

  /** Whether a planar lens cannot project the point. */
  isBehind(i: number): boolean {
    return this.#lens.planar && this.#points[3 * i + 2] < planarNear
  }

  /** Projects point i; the answer is in the lens. */
  project(i: number): void {
    this.#lens.project(this.#points[3 * i], this.#points[3 * i + 1], this.#points[3 * i + 2])
  }

  /** Gives every point its vertex. */
  place(colourOf: (i: number) => number): void {
    for (let i = 0; i < this.#n; i += 1) {
      this.#colours[i] = colourOf(i)
      if (this.isBehind(i)) {
        this.#vertices[i] = -1
      } else {
        this.project(i)
        this.#vertices[i] = this.#emit(this.#points[3 * i + 2], this.#colours[i])
      }
    }
  }

  triangle(a: number, b: number, c: number): void {
    const [va, vb, vc] = [this.#vertices[a], this.#vertices[b], this.#vertices[c]]
    if (va >= 0 && vb >= 0 && vc >= 0) this.#list.triangle(va, vb, vc)
    else this.#cut([a, b, c])
  }

  /** The lens's answer as a vertex. */
  #emit(depth: number, colour: number): number {
    const { u, v } = this.#lens
    return this.#list.vertex((2 * u) / this.#width - 1, 1 - (2 * v) / this.#height, depth / this.#far, colour)
  }

  /** The part of a triangle in front of the near plane of a planar lens. */
  #cut(corners: readonly number[]): void {
    const kept: number[] = []
    corners.forEach((a, i) => {
      const b = corners[(i + 1) % 3]
      const [za, zb] = [this.depth(a), this.depth(b)]
      if (za >= planarNear) kept.push(this.#vertices[a])
      if (za >= planarNear === zb >= planarNear) return
      const t = (planarNear - za) / (zb - za)
      const at = (axis: number): number => this.#points[3 * a + axis] + t * (this.#points[3 * b + axis] - this.#points[3 * a + axis])
      this.#lens.project(at(0), at(1), planarNear)
      kept.push(this.#emit(planarNear, mix(this.#colours[a], this.#colours[b], t)))
    })
    for (let i = 1; i + 1 < kept.length; i += 1) this.#list.triangle(kept[0], kept[i], kept[i + 1])
  }

  #grow(n: number): void {
    this.#points = new Float64Array(3 * n)
    this.#colours = new Uint32Array(n)
    this.#vertices = new Int32Array(n)
  }
}

function mix(a: number, b: number, t: number): number {
  let mixed = 0
  for (let shift = 0; shift < 32; shift += 8) {
    const [x, y] = [(a >>> shift) & 255, (b >>> shift) & 255]
    mixed |= Math.round(x + (y - x) * t) << shift
  }
  return mixed >>> 0
}
