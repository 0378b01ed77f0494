import type { RgbImage } from '@virga/scenario'
import { collectTaps, resizeByTaps, type Taps } from './resize.ts'

/**
 * Antialiased bicubic resize of 8-bit images as PyTorch's `interpolate(mode='bicubic', antialias=True)`: Keys' kernel with a = -1/2
 * (Keys 1981), widened by the factor of reduction, single precision, clamped and rounded half to even.
 */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  return resizeByTaps(image, width, height, cubicTaps(image.width, width), cubicTaps(image.height, height))
}

function cubicTaps(source: number, target: number): Taps {
  const scale = source / target
  const stretch = Math.max(scale, 1)
  return collectTaps(target, (i) => {
    const centre = scale * (i + 0.5)
    const first = Math.max(Math.trunc(centre - 2 * stretch + 0.5), 0)
    const last = Math.min(Math.trunc(centre + 2 * stretch + 0.5), source)
    const weights = Array.from({ length: last - first }, (_, k) => keys((first + k - centre + 0.5) / stretch))
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return { first, weights: weights.map((weight) => weight / sum) }
  })
}

function keys(x: number): number {
  const a = -0.5
  const t = Math.abs(x)
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1
  return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0
}
