/// <reference types="@webgpu/types" />
import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { rgbaRowsToRgb } from './rgb.ts'
import { type TexelArray, texelOf } from './texel.ts'

/** Pixels of one texture: row-major, top-left origin, no padding. */
export interface TexturePixels {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 2 | 4
  /** width * height * channels values: Uint8Array for 8-bit formats, Float32Array for 32-bit floats, Uint16Array (bits) for half floats. */
  readonly data: TexelArray
}

/** WebGPU asks for rows of a multiple of 256 bytes in texture-to-buffer copies. */
const rowAlignment = 256

/** How many idle staging buffers of one size are kept. */
const keptPerSize = 8

/**
 * Copies textures into JavaScript memory through reused staging buffers. Each call submits its copy at once, so a caller gets several
 * frames in flight by starting the next render before awaiting the last read.
 */
export class Readback {
  readonly #gpu: GPUDevice
  readonly #idle = new Map<number, GPUBuffer[]>()
  readonly #failure: () => VirgaError | undefined
  #closed = false

  /** @param failure the device's first error, if it had one: reported by the next read instead of wrong pixels */
  constructor(gpu: GPUDevice, failure: () => VirgaError | undefined) {
    this.#gpu = gpu
    this.#failure = failure
  }

  /** All texels of mip 0 and the given layer. Throws VIRGA_DEVICE if the device was lost or refused work. */
  async read(texture: GPUTexture, layer = 0): Promise<TexturePixels> {
    const { width, height, format } = texture
    const texel = texelOf(format)
    return this.#copy(texture, layer, texel.bytes, (mapped, bytesPerRow) => {
      const row = width * texel.bytes
      const tight = new Uint8Array(row * height)
      for (let y = 0; y < height; y += 1) tight.set(mapped.subarray(y * bytesPerRow, y * bytesPerRow + row), y * row)
      return { width, height, channels: texel.channels, data: texel.view(tight.buffer) }
    })
  }

  /** The red, green and blue bytes of an rgba8unorm texture, unchanged. */
  async readRgb(texture: GPUTexture, layer = 0): Promise<RgbImage> {
    const { width, height, format } = texture
    if (format !== 'rgba8unorm') throw new VirgaError('VIRGA_INTERNAL', `readRgb reads rgba8unorm, not ${format}`)
    return this.#copy(texture, layer, 4, (mapped, bytesPerRow) => ({
      width,
      height,
      data: rgbaRowsToRgb(mapped, width, height, bytesPerRow),
    }))
  }

  /** The bytes of a buffer that was created with COPY_SRC. */
  async readBuffer(buffer: GPUBuffer, size = buffer.size): Promise<ArrayBuffer> {
    const encoder = this.#gpu.createCommandEncoder()
    const staging = this.#take(size)
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, size)
    return this.#map(staging, encoder, size, (mapped) => mapped.slice().buffer)
  }

  /** Destroys the idle buffers; those in flight follow when their read ends. */
  close(): void {
    this.#closed = true
    for (const buffers of this.#idle.values()) for (const buffer of buffers) buffer.destroy()
    this.#idle.clear()
  }

  async #copy<T>(
    texture: GPUTexture,
    layer: number,
    bytesPerTexel: number,
    unpack: (mapped: Uint8Array, bytesPerRow: number) => T,
  ): Promise<T> {
    const { width, height } = texture
    const bytesPerRow = Math.ceil((width * bytesPerTexel) / rowAlignment) * rowAlignment
    const size = bytesPerRow * height
    const staging = this.#take(size)
    const encoder = this.#gpu.createCommandEncoder()
    encoder.copyTextureToBuffer({ texture, origin: { x: 0, y: 0, z: layer } }, { buffer: staging, bytesPerRow }, { width, height })
    return this.#map(staging, encoder, size, (mapped) => unpack(mapped, bytesPerRow))
  }

  /** Maps the staging buffer after the encoder's work; the buffer goes back to the pool, or is destroyed if anything failed. */
  async #map<T>(staging: GPUBuffer, encoder: GPUCommandEncoder, size: number, use: (mapped: Uint8Array) => T): Promise<T> {
    let whole = false
    try {
      this.#gpu.queue.submit([encoder.finish()])
      await staging.mapAsync(GPUMapMode.READ, 0, size)
      const failure = this.#failure()
      if (failure !== undefined) throw failure
      const result = use(new Uint8Array(staging.getMappedRange(0, size)))
      staging.unmap()
      whole = true
      return result
    } catch (error) {
      throw this.#failure() ?? new VirgaError('VIRGA_DEVICE', `reading pixels back failed: ${String(error)}`, {}, { cause: error })
    } finally {
      if (whole) this.#give(staging)
      else staging.destroy()
    }
  }

  #take(size: number): GPUBuffer {
    return this.#idle.get(size)?.pop() ?? this.#gpu.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ })
  }

  #give(buffer: GPUBuffer): void {
    const kept = this.#idle.get(buffer.size) ?? []
    if (this.#closed || kept.length >= keptPerSize) {
      buffer.destroy()
      return
    }
    kept.push(buffer)
    this.#idle.set(buffer.size, kept)
  }
}
