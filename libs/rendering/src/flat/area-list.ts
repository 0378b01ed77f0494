import type { DrawnHull } from './hulls.ts'
import { areaVertexBytes } from './pipelines.ts'

/** Triangles of filled areas, in the layout of the area pipeline. */
export class AreaList {
  #bytes = new ArrayBuffer(1 << 14)
  #vertices = 0

  get buffer(): ArrayBuffer {
    return this.#bytes
  }

  get vertexCount(): number {
    return this.#vertices
  }

  clear(): void {
    this.#vertices = 0
  }

  /** A convex ring as a fan. */
  push({ ring, rgb }: DrawnHull): void {
    const corners = ring.length / 2
    this.#reserve((corners - 2) * 3)
    for (let i = 1; i + 1 < corners; i += 1) for (const corner of [0, i, i + 1]) this.#vertex(ring[corner * 2], ring[corner * 2 + 1], rgb)
  }

  #vertex(x: number, y: number, rgb: readonly number[]): void {
    const at = this.#vertices * areaVertexBytes
    new Float32Array(this.#bytes, at, 2).set([x, y])
    new Uint8Array(this.#bytes, at + 8, 4).set([rgb[0], rgb[1], rgb[2], 255])
    this.#vertices += 1
  }

  #reserve(vertices: number): void {
    const wanted = (this.#vertices + vertices) * areaVertexBytes
    if (wanted <= this.#bytes.byteLength) return
    const larger = new ArrayBuffer(Math.max(wanted, this.#bytes.byteLength * 2))
    new Uint8Array(larger).set(new Uint8Array(this.#bytes))
    this.#bytes = larger
  }
}
