import type { RgbImage } from '@virga/scenario'
import type { SparseImage } from '../condition-style.ts'
import { type Axis, axisOf, taps, weightBits } from './lanczos4-axis.ts'
import { resizeByteRows } from './lanczos4-rows.ts'

/**
 * Resizes as OpenCV's `resize` with INTER_LANCZOS4 does on 8-bit images, bit for bit: eight taps an axis, no antialiasing, weights rounded
 * to 1/2048, samples outside replaced by the nearest inside, rows first. What is black around an output pixel is skipped.
 */
export function resizeLanczos4(image: SparseImage, width: number, height: number): RgbImage {
  return { width, height, data: resize(image.data, 3, image.width, image.height, width, height, image.lit) }
}

/** The same of an image of one channel: `fromWidth * fromHeight` bytes. */
export function resizePlane(plane: Uint8Array, fromWidth: number, fromHeight: number, width: number, height: number): Uint8Array {
  return resize(plane, 1, fromWidth, fromHeight, width, height)
}

function resize(
  data: Uint8Array,
  channels: number,
  fromWidth: number,
  fromHeight: number,
  width: number,
  height: number,
  lit?: Uint8Array,
): Uint8Array {
  const vertical = axisOf(fromHeight, height)
  const length = width * channels
  if (width !== fromWidth) {
    return resizeRows(resizeColumns(data, channels, fromWidth, fromHeight, width), length, fromHeight, height, vertical, weightBits)
  }
  // Whole words at a time where rows are made of them.
  if (length % 4 === 0 && data.byteOffset % 4 === 0) return resizeByteRows(data, length, fromHeight, height, vertical, lit)
  return resizeRows(data, length, fromHeight, height, vertical, 0)
}

/** Sums of eight weighted columns, 11 fractional bits. */
function resizeColumns(data: Uint8Array, channels: number, from: number, height: number, width: number): Int32Array {
  const { first, weights } = axisOf(from, width)
  const out = new Int32Array(width * height * channels)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        let sum = 0
        for (let tap = 0; tap < taps; tap += 1) {
          const column = Math.min(Math.max(first[x] + tap, 0), from - 1)
          sum += data[(y * from + column) * channels + channel] * weights[x * taps + tap]
        }
        out[(y * width + x) * channels + channel] = sum
      }
    }
  }
  return out
}

/**
 * Sums of eight weighted rows, rounded to bytes.
 *
 * @param rows `from` rows of `length` values with `bits` fractional bits
 */
function resizeRows(
  rows: Uint8Array | Int32Array,
  length: number,
  from: number,
  to: number,
  { first, weights }: Axis,
  bits: number,
): Uint8Array {
  const out = new Uint8ClampedArray(length * to)
  const shift = weightBits + bits
  const half = 1 << (shift - 1)
  for (let y = 0; y < to; y += 1) {
    const sources = Array.from({ length: taps }, (_, tap) => Math.min(Math.max(first[y] + tap, 0), from - 1) * length)
    for (let i = 0; i < length; i += 1) {
      let sum = half
      for (let tap = 0; tap < taps; tap += 1) sum += rows[sources[tap] + i] * weights[y * taps + tap]
      out[y * length + i] = sum >> shift
    }
  }
  return new Uint8Array(out.buffer)
}
