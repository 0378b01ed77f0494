import type { RgbImage } from '@virga/scenario'
import { roundHalfEven } from './round.ts'

/**
 * Bilateral filter (Tomasi and Manduchi 1998) with OpenCV's choices: a disc of radius floor(diameter / 2), colour distance as the sum
 * of the absolute channel differences, border mirrored without repeating the edge. Within 1 of OpenCV's `bilateralFilter`, which sums
 * in single precision.
 *
 * @param diameter pixels
 * @param sigmaColour grey levels; @param sigmaSpace pixels
 */
export function bilateral(image: RgbImage, diameter: number, sigmaColour: number, sigmaSpace: number): RgbImage {
  const { width, height } = image
  const radius = Math.max(diameter >> 1, 1)
  const padded = mirror(image, radius)
  const stride = width + 2 * radius

  const colourWeight = Float64Array.from({ length: 3 * 255 + 1 }, (_, i) => Math.exp((-0.5 * i * i) / (sigmaColour * sigmaColour)))
  // For each row of the disc its half width; the space weights of its taps lie one after another.
  const halfWidths = Int32Array.from({ length: 2 * radius + 1 }, (_, row) => Math.floor(Math.sqrt(radius ** 2 - (row - radius) ** 2)))
  const spaceWeight: number[] = []
  halfWidths.forEach((half, row) => {
    for (let i = -half; i <= half; i++) spaceWeight.push(Math.exp((-0.5 * (i * i + (row - radius) ** 2)) / (sigmaSpace * sigmaSpace)))
  })
  const space = Float64Array.from(spaceWeight)

  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const centre = padded[(y + radius) * stride + x + radius]
      const r0 = centre & 255
      const g0 = (centre >> 8) & 255
      const b0 = centre >> 16
      let sum = 0
      let red = 0
      let green = 0
      let blue = 0
      let tap = 0
      for (let row = 0; row <= 2 * radius; row++) {
        const half = halfWidths[row]
        const middle = (y + row) * stride + x + radius
        const end = middle + half
        for (let at = middle - half; at <= end; at++) {
          const pixel = padded[at]
          const r = pixel & 255
          const g = (pixel >> 8) & 255
          const b = pixel >> 16
          const w = space[tap++] * colourWeight[Math.abs(r - r0) + Math.abs(g - g0) + Math.abs(b - b0)]
          sum += w
          red += r * w
          green += g * w
          blue += b * w
        }
      }
      const out = (y * width + x) * 3
      data[out] = roundHalfEven(red / sum)
      data[out + 1] = roundHalfEven(green / sum)
      data[out + 2] = roundHalfEven(blue / sum)
    }
  }
  return { width, height, data }
}

/** The image with `radius` pixels more on every side, mirrored about the border pixels; one pixel packed in one number. */
function mirror({ width, height, data }: RgbImage, radius: number): Int32Array {
  const columns = Int32Array.from({ length: width + 2 * radius }, (_, i) => reflect(i - radius, width) * 3)
  const padded = new Int32Array((width + 2 * radius) * (height + 2 * radius))
  let out = 0
  for (let y = -radius; y < height + radius; y++) {
    const row = reflect(y, height) * width * 3
    for (let i = 0; i < columns.length; i++) {
      const at = row + columns[i]
      padded[out++] = data[at] | (data[at + 1] << 8) | (data[at + 2] << 16)
    }
  }
  return padded
}

/** Index of a mirrored border, edge not repeated, also where the image is smaller than the border. */
function reflect(i: number, size: number): number {
  if (size === 1) return 0
  const period = 2 * (size - 1)
  const phase = ((i % period) + period) % period
  return phase < size ? phase : period - phase
}
