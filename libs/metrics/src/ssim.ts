import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { requireSameSize } from './pair.ts'

const radius = 5
const sigma = 1.5
const c1 = (0.01 * 255) ** 2
const c2 = (0.03 * 255) ** 2

/** 11 samples of a Gaussian of 1.5 pixels, summing to 1. */
const window = (() => {
  const samples = Float64Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)))
  const sum = samples.reduce((total, value) => total + value, 0)
  return samples.map((value) => value / sum)
})()

/**
 * Structural similarity (Wang et al. 2004): Gaussian window 11x11 of sigma 1.5, K1 = .01, K2 = .03, range 255, mean over the pixels
 * whose window lies inside the image, then over the three channels. Equal to scikit-image's `structural_similarity` with
 * gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255.
 *
 * @param mask [H * W]: counts only windows around pixels where it is above 0; default: all. NaN where none counts
 * @throws VirgaError VIRGA_USAGE for images of different sizes or smaller than 11x11
 */
export function ssim(a: RgbImage, b: RgbImage, mask?: ArrayLike<number>): number {
  requireSameSize(a, b)
  const { width, height } = a
  if (width <= 2 * radius || height <= 2 * radius) {
    throw new VirgaError('VIRGA_USAGE', `image of ${width}x${height}`, { expected: `at least ${2 * radius + 1} pixels on each side` })
  }
  if (mask !== undefined && mask.length !== width * height)
    throw new VirgaError('VIRGA_USAGE', `a mask of ${mask.length} pixels`, { expected: `${width * height}` })
  const blur = createBlur(width, height)
  const inner = width - 2 * radius
  const isCounted = (i: number): boolean => mask === undefined || mask[(Math.floor(i / inner) + radius) * width + (i % inner) + radius] > 0
  let sum = 0
  let count = 0
  for (let channel = 0; channel < 3; channel++) {
    const x = planeOf(a, channel)
    const y = planeOf(b, channel)
    const meanX = blur(x)
    const meanY = blur(y)
    const meanXX = blur(product(x, x))
    const meanYY = blur(product(y, y))
    const meanXY = blur(product(x, y))
    for (let i = 0; i < meanX.length; i++) {
      if (!isCounted(i)) continue
      count++
      const xx = meanX[i] * meanX[i]
      const yy = meanY[i] * meanY[i]
      const xy = meanX[i] * meanY[i]
      sum += ((2 * xy + c1) * (2 * (meanXY[i] - xy) + c2)) / ((xx + yy + c1) * (meanXX[i] - xx + meanYY[i] - yy + c2))
    }
  }
  return sum / count
}

function planeOf({ data, width, height }: RgbImage, channel: number): Float64Array {
  const plane = new Float64Array(width * height)
  for (let i = 0; i < plane.length; i++) plane[i] = data[3 * i + channel]
  return plane
}

function product(a: Float64Array, b: Float64Array): Float64Array {
  const plane = new Float64Array(a.length)
  for (let i = 0; i < plane.length; i++) plane[i] = a[i] * b[i]
  return plane
}

/** Makes the function that weighs a plane with the window, at the pixels whose window lies inside. */
function createBlur(width: number, height: number): (plane: Float64Array) => Float64Array {
  const inner = width - 2 * radius
  const rows = new Float64Array(inner * height)
  return (plane) => {
    for (let y = 0; y < height; y++) {
      for (let x = 0, at = y * width, out = y * inner; x < inner; x++, at++, out++) {
        let sum = window[radius] * plane[at + radius]
        for (let k = 0; k < radius; k++) sum += window[k] * (plane[at + k] + plane[at + 2 * radius - k])
        rows[out] = sum
      }
    }
    const out = new Float64Array(inner * (height - 2 * radius))
    for (let i = 0; i < out.length; i++) {
      let sum = window[radius] * rows[i + radius * inner]
      for (let k = 0; k < radius; k++) sum += window[k] * (rows[i + k * inner] + rows[i + (2 * radius - k) * inner])
      out[i] = sum
    }
    return out
  }
}
