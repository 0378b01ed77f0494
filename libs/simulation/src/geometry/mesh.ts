import { classId, type Material, materialId, type SegClass } from '../materials/classes.ts'
import type { Colour } from '../materials/palettes.ts'

export type Point = readonly [number, number, number]

/** How a face looks: class and material, colour as displayed, and two bytes that the material reads (seed, floors, flags). */
export interface Finish {
  readonly class: SegClass
  readonly material: Material
  readonly colour: Colour
  readonly a?: number
  readonly b?: number
}

/** Bytes of one vertex: position 3 f32, normal snorm8x4, colour unorm8x4 (alpha = ambient occlusion), uv 2 f32, class, material, a, b. */
export const vertexBytes = 32

/** A triangle soup with shared vertices per face, grown by appending. Counter-clockwise faces look along their normal. */
export class Mesh {
  private bytes = new ArrayBuffer(1 << 14)
  private view = new DataView(this.bytes)
  vertexCount = 0
  readonly indices: number[] = []

  vertex(p: Point, normal: Point, finish: Finish, uv: readonly [number, number], occlusion = 1, flag = 0): number {
    const at = this.vertexCount * vertexBytes
    if (at + vertexBytes > this.bytes.byteLength) this.grow()
    const view = this.view
    view.setFloat32(at, p[0], true)
    view.setFloat32(at + 4, p[1], true)
    view.setFloat32(at + 8, p[2], true)
    for (let i = 0; i < 3; i++) view.setInt8(at + 12 + i, Math.round(normal[i] * 127))
    view.setInt8(at + 15, flag)
    for (let i = 0; i < 3; i++) view.setUint8(at + 16 + i, Math.round(finish.colour[i] * 255))
    view.setUint8(at + 19, Math.round(occlusion * 255))
    view.setFloat32(at + 20, uv[0], true)
    view.setFloat32(at + 24, uv[1], true)
    view.setUint8(at + 28, classId[finish.class])
    view.setUint8(at + 29, materialId[finish.material])
    view.setUint8(at + 30, finish.a ?? 0)
    view.setUint8(at + 31, finish.b ?? 0)
    return this.vertexCount++
  }

  triangle(a: number, b: number, c: number): void {
    this.indices.push(a, b, c)
  }

  /** A flat quad a, b, c, d (counter-clockwise seen from outside). uv and occlusion per corner are optional. */
  quad(
    corners: readonly [Point, Point, Point, Point],
    finish: Finish,
    uv?: readonly (readonly [number, number])[],
    occlusion?: readonly number[],
    flag = 0,
  ): void {
    const [a, b, , d] = corners
    const normal = faceNormal(a, b, corners[2], d)
    const ids = corners.map((p, i) => this.vertex(p, normal, finish, uv?.[i] ?? [p[0], p[1]], occlusion?.[i] ?? 1, flag))
    this.triangle(ids[0], ids[1], ids[2])
    this.triangle(ids[0], ids[2], ids[3])
  }

  /** An axis-aligned box from low to high, without its bottom. */
  box(low: Point, high: Point, finish: Finish, flag = 0): void {
    const [x0, y0, z0] = low
    const [x1, y1, z1] = high
    const p = (x: number, y: number, z: number): Point => [x, y, z]
    this.quad([p(x1, y0, z0), p(x1, y1, z0), p(x1, y1, z1), p(x1, y0, z1)], finish, undefined, undefined, flag)
    this.quad([p(x0, y1, z0), p(x0, y0, z0), p(x0, y0, z1), p(x0, y1, z1)], finish, undefined, undefined, flag)
    this.quad([p(x1, y1, z0), p(x0, y1, z0), p(x0, y1, z1), p(x1, y1, z1)], finish, undefined, undefined, flag)
    this.quad([p(x0, y0, z0), p(x1, y0, z0), p(x1, y0, z1), p(x0, y0, z1)], finish, undefined, undefined, flag)
    this.quad([p(x0, y0, z1), p(x1, y0, z1), p(x1, y1, z1), p(x0, y1, z1)], finish, undefined, undefined, flag)
  }

  /** The vertices as they lie on the GPU. */
  vertices(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.bytes, 0, this.vertexCount * vertexBytes)
  }

  private grow(): void {
    const bigger = new ArrayBuffer(this.bytes.byteLength * 2)
    new Uint8Array(bigger).set(new Uint8Array(this.bytes))
    this.bytes = bigger
    this.view = new DataView(bigger)
  }
}

function faceNormal(a: Point, b: Point, c: Point, d: Point): Point {
  // Diagonals, so that a quad with one collapsed edge still has a normal.
  const u = [c[0] - a[0], c[1] - a[1], c[2] - a[2]] as const
  const v = [d[0] - b[0], d[1] - b[1], d[2] - b[2]] as const
  const n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]] as const
  const length = Math.hypot(...n) || 1
  return [n[0] / length, n[1] / length, n[2] / length]
}
