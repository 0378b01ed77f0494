import type { RgbImage } from '@virga/scenario'

/** Weights are fixed point with 11 fractional bits, in each direction. */
const weightBits = 11
const taps = 8

/** For every sample of one output axis: the first of its eight source samples (may lie outside), and their weights. */
interface Axis {
  readonly first: Int32Array
  readonly weights: Int32Array
}

/**
 * Resizes as OpenCV's `resize` with INTER_LANCZOS4 does on 8-bit images, bit for bit: eight taps an axis, no antialiasing, weights rounded
 * to 1/2048, samples outside replaced by the nearest inside, rows first. What is black around an output pixel is skipped.
 */
export function resizeLanczos4(image: RgbImage, width: number, height: number): RgbImage {
  return { width, height, data: resize(image.data, 3, image.width, image.height, width, height) }
}

/** The same of an image of one channel: `fromWidth * fromHeight` bytes. */
export function resizePlane(plane: Uint8Array, fromWidth: number, fromHeight: number, width: number, height: number): Uint8Array {
  return resize(plane, 1, fromWidth, fromHeight, width, height)
}

function resize(data: Uint8Array, channels: number, fromWidth: number, fromHeight: number, width: number, height: number): Uint8Array {
  const vertical = axisOf(fromHeight, height)
  if (width === fromWidth) return resizeRows(data, width * channels, fromHeight, height, vertical, 0)
  const rows = resizeColumns(data, channels, fromWidth, fromHeight, width)
  return resizeRows(rows, width * channels, fromHeight, height, vertical, weightBits)
}

/** Weights of the Lanczos window of four lobes: sinc(t) sinc(t / 4), here without the factors that all taps share; float32 as OpenCV. */
function axisOf(from: number, to: number): Axis {
  const first = new Int32Array(to)
  const weights = new Int32Array(to * taps)
  const scale = from / to
  for (let i = 0; i < to; i += 1) {
    const position = Math.fround((i + 0.5) * scale - 0.5)
    const floor = Math.floor(position)
    const shift = Math.fround(Math.fround(position - floor) + 3)
    first[i] = floor - 3
    let sum = 0
    const raw = Array.from({ length: taps }, (_, tap) => {
      const distance = Math.fround(shift - tap)
      const angle = (-distance * Math.PI) / 4
      // On a sample itself that sample is all there is.
      const weight = Math.abs(distance) < Math.fround(1e-6) ? 1e30 : ((tap % 2 === 0 ? 1 : -1) * Math.sin(angle)) / (angle * angle)
      sum = Math.fround(sum + Math.fround(weight))
      return Math.fround(weight)
    })
    const inverse = Math.fround(1 / sum)
    raw.forEach((weight, tap) => {
      weights[i * taps + tap] = roundHalfEven(Math.fround(weight * inverse) * (1 << weightBits))
    })
  }
  return { first, weights }
}

function roundHalfEven(v: number): number {
  const rounded = Math.round(v)
  return Math.abs(v % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
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

/** Values of a row that are skipped together when they are zero in all rows that count. */
const blockShift = 5
const block = 1 << blockShift

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
  const out = new Uint8Array(length * to)
  const blocks = Math.ceil(length / block)
  const lit = litBlocks(rows, length, from, blocks)
  const shift = weightBits + bits
  const half = 1 << (shift - 1)
  for (let y = 0; y < to; y += 1) {
    const at = Array.from({ length: taps }, (_, tap) => Math.min(Math.max(first[y] + tap, 0), from - 1))
    const [r0, r1, r2, r3, r4, r5, r6, r7] = at.map((row) => row * length)
    const [l0, l1, l2, l3, l4, l5, l6, l7] = at.map((row) => row * blocks)
    const [w0, w1, w2, w3, w4, w5, w6, w7] = weights.subarray(y * taps, (y + 1) * taps)
    for (let b = 0; b < blocks; b += 1) {
      if ((lit[l0 + b] | lit[l1 + b] | lit[l2 + b] | lit[l3 + b] | lit[l4 + b] | lit[l5 + b] | lit[l6 + b] | lit[l7 + b]) === 0) continue
      for (let i = b << blockShift, end = Math.min(i + block, length); i < end; i += 1) {
        const sum =
          rows[r0 + i] * w0 +
          rows[r1 + i] * w1 +
          rows[r2 + i] * w2 +
          rows[r3 + i] * w3 +
          rows[r4 + i] * w4 +
          rows[r5 + i] * w5 +
          rows[r6 + i] * w6 +
          rows[r7 + i] * w7
        const value = (sum + half) >> shift
        out[y * length + i] = value < 0 ? 0 : value > 255 ? 255 : value
      }
    }
  }
  return out
}

function litBlocks(rows: Uint8Array | Int32Array, length: number, count: number, blocks: number): Uint8Array {
  const lit = new Uint8Array(blocks * count)
  for (let y = 0; y < count; y += 1) {
    for (let b = 0; b < blocks; b += 1) {
      const end = y * length + Math.min((b + 1) << blockShift, length)
      for (let i = y * length + (b << blockShift); i < end; i += 1) {
        if (rows[i] === 0) continue
        lit[y * blocks + b] = 1
        break
      }
    }
  }
  return lit
}
