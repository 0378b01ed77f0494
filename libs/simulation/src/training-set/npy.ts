/// <reference lib="esnext.float16" />
import { type FileHandle, open } from 'node:fs/promises'

/** NumPy's name for each element type that the training set uses (little-endian). */
const descriptions = { uint8: '|u1', float16: '<f2' } as const

export type NpyType = keyof typeof descriptions

/** Header of a NumPy file, format version 1.0, C order: magic, version, length, dictionary padded to 64 bytes (numpy.lib.format). */
export function npyHeader(type: NpyType, shape: readonly number[]): Buffer {
  const dictionary = `{'descr': '${descriptions[type]}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`
  const padded = dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11) + '\n'
  const head = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 0, 0])
  head.writeUInt16LE(padded.length, 8)
  return Buffer.concat([head, Buffer.from(padded, 'latin1')])
}

/** Writes one array frame by frame; the first axis is the frame. */
export class NpyWriter {
  readonly #file: FileHandle
  readonly #bytesPerFrame: number

  private constructor(file: FileHandle, bytesPerFrame: number) {
    this.#file = file
    this.#bytesPerFrame = bytesPerFrame
  }

  static async open(path: string, type: NpyType, shape: readonly [number, ...number[]]): Promise<NpyWriter> {
    const file = await open(path, 'w')
    await file.write(npyHeader(type, shape))
    const bytes = shape.slice(1).reduce((product, n) => product * n, type === 'uint8' ? 1 : 2)
    return new NpyWriter(file, bytes)
  }

  /** Appends one frame; throws when its size is not that of the shape. */
  async write(frame: Uint8Array): Promise<void> {
    if (frame.byteLength !== this.#bytesPerFrame)
      throw new RangeError(`a frame of ${frame.byteLength} bytes where ${this.#bytesPerFrame} are due`)
    await this.#file.write(frame)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

/** Float32 values as the bytes of float16 values, rounded to nearest even. */
export function toFloat16Bytes(values: Float32Array): Uint8Array {
  return new Uint8Array(new Float16Array(values).buffer)
}
