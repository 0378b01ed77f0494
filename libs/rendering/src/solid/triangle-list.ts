/** Bytes of a vertex: three float32 (x, y, z of clip space with w = 1) and rgba8, the colour at depth 0. */
export const vertexBytes = 16

/** Colour as the vertex layout holds it. */
export function packRgb([red, green, blue]: readonly [number, number, number]): number {
  return (red | (green << 8) | (blue << 16) | 0xff000000) >>> 0
}

/** Indexed triangles in the order of drawing, written anew each frame into memory that is kept. */
export class TriangleList {
  vertexCount = 0
  indexCount = 0
  #floats = new Float32Array(1 << 14)
  #words = new Uint32Array(this.#floats.buffer)
  #indices = new Uint32Array(1 << 14)

  get vertices(): ArrayBuffer {
    return this.#floats.buffer
  }

  get indices(): ArrayBuffer {
    return this.#indices.buffer
  }

  clear(): void {
    this.vertexCount = 0
    this.indexCount = 0
  }

  /** Appends a vertex and returns its number. */
  vertex(x: number, y: number, z: number, colour: number): number {
    const at = this.vertexCount * 4
    if (at === this.#floats.length) this.#growVertices()
    this.#floats[at] = x
    this.#floats[at + 1] = y
    this.#floats[at + 2] = z
    this.#words[at + 3] = colour
    this.vertexCount += 1
    return this.vertexCount - 1
  }

  triangle(a: number, b: number, c: number): void {
    const at = this.indexCount
    if (at + 3 > this.#indices.length) {
      const larger = new Uint32Array(this.#indices.length * 2)
      larger.set(this.#indices)
      this.#indices = larger
    }
    this.#indices[at] = a
    this.#indices[at + 1] = b
    this.#indices[at + 2] = c
    this.indexCount = at + 3
  }

  #growVertices(): void {
    const larger = new Float32Array(this.#floats.length * 2)
    larger.set(this.#floats)
    this.#floats = larger
    this.#words = new Uint32Array(larger.buffer)
  }
}
