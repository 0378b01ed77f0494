/// <reference types="@webgpu/types" />

/** A GPU buffer that is written anew each frame and replaced by a larger one when the data outgrow it. */
export class GrowingBuffer {
  readonly #gpu: GPUDevice
  readonly #usage: GPUBufferUsageFlags
  #buffer: GPUBuffer

  constructor(gpu: GPUDevice, usage: GPUBufferUsageFlags, bytes = 1 << 16) {
    this.#gpu = gpu
    this.#usage = usage | GPUBufferUsage.COPY_DST
    this.#buffer = gpu.createBuffer({ size: bytes, usage: this.#usage })
  }

  get buffer(): GPUBuffer {
    return this.#buffer
  }

  /** Writes `bytes` bytes (a multiple of 4) of `data` from its start. Work already submitted still sees what was there before. */
  write(data: ArrayBufferLike, bytes: number): void {
    if (bytes > this.#buffer.size) {
      this.#buffer.destroy()
      this.#buffer = this.#gpu.createBuffer({ size: Math.max(bytes, this.#buffer.size * 2), usage: this.#usage })
    }
    if (bytes > 0) this.#gpu.queue.writeBuffer(this.#buffer, 0, data, 0, bytes)
  }

  destroy(): void {
    this.#buffer.destroy()
  }
}
