/// <reference types="@webgpu/types" />

/**
 * Indices of quads of four corners each (0 1 2, 2 1 3), for one plain draw of many. Not one instance a quad: SwiftShader runs every instance
 * as a draw of its own, which made 3,000 lines cost half a second.
 */
export class QuadIndices {
  readonly #gpu: GPUDevice
  #quads = 0
  #buffer: GPUBuffer | undefined

  constructor(gpu: GPUDevice) {
    this.#gpu = gpu
  }

  /** An index buffer (uint32) for at least so many quads. */
  reserve(quads: number): GPUBuffer {
    if (this.#buffer !== undefined && quads <= this.#quads) return this.#buffer
    this.#buffer?.destroy()
    this.#quads = Math.max(quads, this.#quads * 2, 1024)
    const indices = new Uint32Array(this.#quads * 6)
    for (let quad = 0; quad < this.#quads; quad += 1) {
      const corner = quad * 4
      indices.set([corner, corner + 1, corner + 2, corner + 2, corner + 1, corner + 3], quad * 6)
    }
    this.#buffer = this.#gpu.createBuffer({ size: indices.byteLength, usage: GPUBufferUsage.INDEX | GPUBufferUsage.COPY_DST })
    this.#gpu.queue.writeBuffer(this.#buffer, 0, indices)
    return this.#buffer
  }

  destroy(): void {
    this.#buffer?.destroy()
  }
}
