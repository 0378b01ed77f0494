import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { roundHalfEven } from './round.ts'

/** Which source pixels one target pixel mixes: `count` of them from `first`, with weights from `at`. */
export interface Taps {
  readonly first: Int32Array
  readonly count: Int32Array
  readonly at: Int32Array
  readonly weights: Float32Array
}

/**
 * Nearest pixel, as OpenCV's INTER_NEAREST: the source pixel of target pixel i is floor(i * source / target).
 *
 * @throws VirgaError VIRGA_USAGE for sizes that are no positive integers; so do all resizes here
 */
export function resizeNearest(image: RgbImage, width: number, height: number): RgbImage {
  requireSize(width, height)
  const data = new Uint8Array(width * height * 3)
  const columns = Int32Array.from({ length: width }, (_, x) => nearest(x, image.width, width) * 3)
  let out = 0
  for (let y = 0; y < height; y++) {
    const row = nearest(y, image.height, height) * image.width * 3
    for (let x = 0; x < width; x++) {
      const at = row + columns[x]
      data[out++] = image.data[at]!
      data[out++] = image.data[at + 1]!
      data[out++] = image.data[at + 2]!
    }
  }
  return { width, height, data }
}

/** Mean of the covered source area, as OpenCV's INTER_AREA; where a side grows, its kind of linear interpolation. */
export function resizeArea(image: RgbImage, width: number, height: number): RgbImage {
  requireSize(width, height)
  if (width > image.width || height > image.height) {
    return resizeByTaps(image, width, height, areaEnlargeTaps(image.width, width), areaEnlargeTaps(image.height, height))
  }
  // The factor 2 rounds halves up, every other area to even: two code paths in OpenCV.
  if (image.width === 2 * width && image.height === 2 * height) return halve(image)
  return resizeByTaps(image, width, height, areaTaps(image.width, width), areaTaps(image.height, height))
}

/** Bilinear between pixel centres without antialiasing, as OpenCV's INTER_LINEAR on 8-bit images: weights in 1/2048. */
export function resizeLinear(image: RgbImage, width: number, height: number): RgbImage {
  requireSize(width, height)
  if (image.width === 2 * width && image.height === 2 * height) return halve(image)
  const [left, right, across] = linearTaps(image.width, width, 'columns')
  const [above, below, down] = linearTaps(image.height, height, 'rows')
  const data = new Uint8Array(width * height * 3)
  const row = image.width * 3
  const source = image.data
  let out = 0
  for (let y = 0; y < height; y++) {
    const upper = above[y] * row
    const lower = below[y] * row
    const wLower = down[y]
    const wUpper = 2048 - wLower
    for (let x = 0; x < width; x++) {
      const a = left[x] * 3
      const b = right[x] * 3
      const wRight = across[x]
      const wLeft = 2048 - wRight
      for (let c = 0; c < 3; c++) {
        const top = source[upper + a + c] * wLeft + source[upper + b + c] * wRight
        const bottom = source[lower + a + c] * wLeft + source[lower + b + c] * wRight
        // OpenCV's fixed point: 4 bits go before the vertical weights, 16 after, the last 2 with rounding.
        data[out++] = (((wUpper * (top >> 4)) >> 16) + ((wLower * (bottom >> 4)) >> 16) + 2) >> 2
      }
    }
  }
  return { width, height, data }
}

/** Horizontal and vertical weights applied one after the other; float in between, then rounded half to even and clamped. */
export function resizeByTaps(image: RgbImage, width: number, height: number, across: Taps, down: Taps): RgbImage {
  const wide = new Float32Array(width * image.height * 3)
  const { data: source } = image
  for (let y = 0; y < image.height; y++) {
    const row = y * image.width * 3
    let out = y * width * 3
    for (let x = 0; x < width; x++) {
      let at = row + across.first[x] * 3
      let r = 0
      let g = 0
      let b = 0
      const last = across.at[x] + across.count[x]
      for (let k = across.at[x]; k < last; k++) {
        const w = across.weights[k]
        r += w * source[at++]
        g += w * source[at++]
        b += w * source[at++]
      }
      wide[out++] = r
      wide[out++] = g
      wide[out++] = b
    }
  }
  const data = new Uint8Array(width * height * 3)
  const row = width * 3
  for (let y = 0; y < height; y++) {
    const start = down.at[y]
    const count = down.count[y]
    for (let i = 0; i < row; i++) {
      let at = down.first[y] * row + i
      let sum = 0
      for (let k = start; k < start + count; k++) {
        sum += down.weights[k] * wide[at]
        at += row
      }
      sum = Math.fround(sum)
      data[y * row + i] = sum <= 0 ? 0 : sum >= 255 ? 255 : roundHalfEven(sum)
    }
  }
  return { width, height, data }
}

/** Collects the taps of each target pixel; weights are divided by their sum where `normalise`. */
export function collectTaps(target: number, of: (i: number) => { first: number; weights: readonly number[] }): Taps {
  const first = new Int32Array(target)
  const count = new Int32Array(target)
  const at = new Int32Array(target)
  const weights: number[] = []
  for (let i = 0; i < target; i++) {
    const taps = of(i)
    first[i] = taps.first
    count[i] = taps.weights.length
    at[i] = weights.length
    weights.push(...taps.weights)
  }
  return { first, count, at, weights: Float32Array.from(weights) }
}

/** Overlap of each source pixel with the target pixel's span, over the span. */
function areaTaps(source: number, target: number): Taps {
  const scale = source / target
  return collectTaps(target, (i) => {
    const from = i * scale
    const to = Math.min(from + scale, source)
    const first = Math.floor(from + 1e-9)
    const last = Math.min(Math.ceil(to - 1e-9), source)
    const span = Math.min(scale, source - from)
    const weights = Array.from({ length: last - first }, (_, k) => (Math.min(first + k + 1, to) - Math.max(first + k, from)) / span)
    return { first, weights }
  })
}

/** OpenCV's INTER_AREA where a side grows: source pixels keep their full width, and only their seams are blended. */
function areaEnlargeTaps(source: number, target: number): Taps {
  const scale = source / target
  return collectTaps(target, (i) => {
    const at = Math.min(Math.floor(i * scale), source - 1)
    const over = i + 1 - (at + 1) / scale
    const part = over <= 0 ? 0 : over - Math.floor(over)
    return at + 1 < source && part > 0 ? { first: at, weights: [1 - part, part] } : { first: at, weights: [1] }
  })
}

/**
 * For each target pixel the two source pixels and the second one's weight in 1/2048. Beyond the border OpenCV takes one column whole
 * but still splits a row between itself and its copy, which loses up to a unit in the fixed point.
 */
function linearTaps(source: number, target: number, of: 'columns' | 'rows'): [Int32Array, Int32Array, Int32Array] {
  const [a, b, weight] = [new Int32Array(target), new Int32Array(target), new Int32Array(target)]
  const scale = source / target
  for (let i = 0; i < target; i++) {
    const position = Math.fround((i + 0.5) * scale - 0.5)
    const floor = Math.floor(position)
    const isInside = of === 'rows' || (floor >= 0 && floor < source - 1)
    a[i] = Math.min(Math.max(floor, 0), source - 1)
    b[i] = isInside ? Math.min(floor + 1, source - 1) : a[i]
    weight[i] = isInside ? roundHalfEven(Math.fround(position - floor) * 2048) : 0
  }
  return [a, b, weight]
}

/** Mean of 2x2 pixels, halves up. */
function halve(image: RgbImage): RgbImage {
  const width = image.width / 2
  const height = image.height / 2
  const data = new Uint8Array(width * height * 3)
  const row = image.width * 3
  let out = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let at = 2 * y * row + 6 * x
      for (let c = 0; c < 3; c++, at++) {
        data[out++] = (image.data[at] + image.data[at + 3] + image.data[at + row] + image.data[at + row + 3] + 2) >> 2
      }
    }
  }
  return { width, height, data }
}

function nearest(i: number, source: number, target: number): number {
  return Math.min(Math.floor(i * (1 / (target / source))), source - 1)
}

function requireSize(width: number, height: number): void {
  if (Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0) return
  throw new VirgaError('VIRGA_USAGE', `size ${width}x${height}`, { field: 'width, height', expected: 'positive integers' })
}
