/// <reference types="@webgpu/types" />

/** A picture in a storage buffer: red, green and blue bytes of each pixel, rows padded to whole groups of four pixels (three words). */
export interface PackedPicture {
  readonly buffer: GPUBuffer
  readonly width: number
  readonly height: number
  readonly wordsPerRow: number
}

/** Three words hold four pixels. */
export function wordsPerRow(width: number): number {
  return Math.ceil(width / 4) * 3
}

export function createPackedPicture(gpu: GPUDevice, width: number, height: number): PackedPicture {
  const words = wordsPerRow(width)
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST
  return { buffer: gpu.createBuffer({ size: words * 4 * height, usage }), width, height, wordsPerRow: words }
}
