import type { RgbImage } from '@virga/scenario'
import { foldRow, type Polynomial } from './polynomial.ts'

/** Depth and class of every pixel of the image. */
export interface Geometry {
  /** Metres along the optical axis; 0, negative or not a number where there is none (sky). */
  readonly depth: Float32Array
  /** Segmentation ids; those that the relight does not know are relit by colour alone. */
  readonly seg: Uint8Array
}

/** near = exp(-depth / 30 m), the scale that the relight is fitted with. */
const nearMetres = 30

/**
 * Evaluates the polynomial for every pixel: r, g, b = value / 255, row = (y + 0.5) / height, near = exp(-depth / 30 m), 0 for sky,
 * col = 2 (x + 0.5) / width - 1.
 * The result is clamped to 0..1 and rounded to 8 bits. Without geometry class 0 is used; with it, ids beyond the known classes use
 * the polynomial's last one.
 */
export function evaluate(polynomial: Polynomial, { width, height, data }: RgbImage, geometry?: Geometry): RgbImage {
  const { monomials, parent, factor, classes } = polynomial
  const out = new Uint8Array(data.length)
  const folded = new Float64Array(classes * monomials * 3)
  const values = new Float64Array(monomials)
  const variables = new Float64Array(5)
  values[0] = 1
  for (let y = 0; y < height; y++) {
    foldRow(polynomial, (y + 0.5) / height, folded)
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x
      const at = pixel * 3
      variables[0] = data[at] / 255
      variables[1] = data[at + 1] / 255
      variables[2] = data[at + 2] / 255
      variables[4] = (2 * (x + 0.5)) / width - 1
      let k = 0
      if (geometry !== undefined) {
        const metres = geometry.depth[pixel]
        variables[3] = metres > 0 ? Math.exp(-metres / nearMetres) : 0
        k = Math.min(geometry.seg[pixel], classes - 1) * monomials * 3
      }
      let red = folded[k]
      let green = folded[k + 1]
      let blue = folded[k + 2]
      for (let i = 1; i < monomials; i++) {
        const value = values[parent[i]] * variables[factor[i]]
        values[i] = value
        k += 3
        red += value * folded[k]
        green += value * folded[k + 1]
        blue += value * folded[k + 2]
      }
      out[at] = toByte(red)
      out[at + 1] = toByte(green)
      out[at + 2] = toByte(blue)
    }
  }
  return { width, height, data: out }
}

function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 1 ? 255 : Math.floor(value * 255 + 0.5)
}
