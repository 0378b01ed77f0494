import type { RgbImage } from '@virga/scenario'
import { requireSameSize } from './pair.ts'

/** Mean squared difference over all pixels and channels, in squared 8-bit levels. */
export function meanSquaredError(a: RgbImage, b: RgbImage): number {
  requireSameSize(a, b)
  let sum = 0
  for (let i = 0; i < a.data.length; i++) sum += (a.data[i] - b.data[i]) ** 2
  return sum / a.data.length
}

/** Peak signal-to-noise ratio in dB for 8 bits: 10 log10(255^2 / mean squared error); infinite for equal images. */
export function psnr(a: RgbImage, b: RgbImage): number {
  return 10 * Math.log10(255 ** 2 / meanSquaredError(a, b))
}
