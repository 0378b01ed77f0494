import type { LabelFrame } from '../label-frame.ts'
import { bridgeColumns } from './bridge-columns.ts'
import { groundPrior, trackPrior } from './priors.ts'
import { segments, segmentsOf } from './segments.ts'
import type { SparseDepth } from './sparse-depth.ts'

/** A return acts on pixels this far away. */
const reach = 8

/** Weight of the prior against one return: a return 8 pixels away weighs as much. */
const priorWeight = 1e-3

/**
 * Depth of every pixel from labels and LiDAR, in inverse depth q = 1 / z.
 *
 * Every return gives its segment (the road, one track, poles, signs, or all that labels do not know) the difference between its own q and that of
 * the labels' depth; where labels know nothing (terrain and sky), its q itself. Each pixel takes the mean of its segment's returns within 8
 * pixels (normalised convolution, Knutsson and Westin 1993), weights exp(-d2/2) + 0.05 exp(-d2/18), against a prior of 0.001: for a track
 * the median of its differences, for the road a smooth field of its height (`groundPrior`), for the sky none, else no difference. Where labels know nothing, gaps
 * between two rows, up to a twelfth of the picture's height, are bridged down the column, linearly in q (exact for a plane). So depth has the
 * edges of labels, the shape of LiDAR, and that of labels alone where no return is near.
 */
export function densify(labels: LabelFrame, points: SparseDepth): Float32Array {
  const { width, height, depth } = labels
  const segment = segmentsOf(labels)
  const model = inverse(depth, 0)
  const { pixels, values } = differences(points, segment, model)
  const { sums, weights } = spread(labels, pixels, values, segment)
  const track = trackPrior(pixels, values, segment, model)
  const ground = groundPrior(pixels, values, segment, model, { width, height })
  const q = new Float32Array(width * height)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const own = segment[at]
      const prior = own === segments.open ? model[at] : own === segments.ground ? model[at] * ground(x, y) : track(own)
      // The sky says nothing of how far a thing before it is.
      const isThing = own === segments.open && model[at] === 0 && weights[at] > priorWeight
      const mean = isThing ? sums[at] / weights[at] : (sums[at] + priorWeight * prior) / (weights[at] + priorWeight)
      q[at] = own === segments.open ? mean : model[at] + mean
    }
  }
  bridgeColumns(
    q,
    (at) => segment[at] === segments.open,
    (at) => weights[at] > priorWeight,
    width,
    height,
  )
  return inverse(q, 1e-4)
}

/** Sums of the returns' values and of their weights in each pixel of their own segment. */
function spread(
  { width, height }: LabelFrame,
  pixels: Uint32Array,
  values: Float32Array,
  segment: Uint32Array,
): { sums: Float64Array; weights: Float64Array } {
  const sums = new Float64Array(width * height)
  const weights = new Float64Array(width * height)
  const runEnd = ends(segment, width)
  for (let i = 0; i < pixels.length; i++) {
    const x = pixels[i] % width
    const y = Math.floor(pixels[i] / width)
    const own = segment[pixels[i]]
    const value = values[i]
    const left = Math.max(x - reach, 0)
    const right = Math.min(x + reach, width - 1)
    const bottom = Math.min(y + reach, height - 1)
    for (let py = Math.max(y - reach, 0); py <= bottom; py++) {
      const last = py * width + right
      // From a pixel of the picture to its weight.
      const toKernel = (py - y + reach) * (2 * reach + 1) + reach - x - py * width
      for (let at = py * width + left; at <= last;) {
        const end = Math.min(runEnd[at], last)
        if (segment[at] !== own) {
          at = end + 1
          continue
        }
        for (; at <= end; at++) {
          const weight = kernel[at + toKernel]
          sums[at] += weight * value
          weights[at] += weight
        }
      }
    }
  }
  return { sums, weights }
}

/** For each pixel the last one of the run of its segment in its row. */
function ends(segment: Uint32Array, width: number): Int32Array {
  const out = new Int32Array(segment.length)
  for (let at = segment.length - 1; at >= 0; at--) {
    out[at] = (at + 1) % width !== 0 && segment[at + 1] === segment[at] ? out[at + 1] : at
  }
  return out
}

/** 1 / x, and 0 where x is not above `least`. */
function inverse(values: Float32Array, least: number): Float32Array {
  const out = new Float32Array(values.length)
  for (let i = 0; i < values.length; i++) if (values[i] > least) out[i] = 1 / values[i]
  return out
}

const kernel = Float64Array.from({ length: (2 * reach + 1) ** 2 }, (_, k) => {
  const [dx, dy] = [(k % (2 * reach + 1)) - reach, Math.floor(k / (2 * reach + 1)) - reach]
  const square = dx * dx + dy * dy
  return Math.exp(-square / 2) + 0.05 * Math.exp(-square / 18)
})

/** What each return says of its segment. Returns that lie clearly below the road are reflections or another level and say nothing. */
function differences(
  { pixels, depth }: SparseDepth,
  segment: Uint32Array,
  model: Float32Array,
): { pixels: Uint32Array; values: Float32Array } {
  const kept = new Uint32Array(pixels.length)
  const values = new Float32Array(pixels.length)
  let count = 0
  for (let i = 0; i < pixels.length; i++) {
    const own = segment[pixels[i]]
    const expected = model[pixels[i]]
    if (own === segments.ground && depth[i] * expected >= 1.2) continue
    kept[count] = pixels[i]
    values[count++] = 1 / depth[i] - (own === segments.open ? 0 : expected)
  }
  return { pixels: kept.subarray(0, count), values: values.subarray(0, count) }
}
