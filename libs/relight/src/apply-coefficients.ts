import type { RgbImage } from '@virga/scenario'
import { coefficientsPerPixel } from './guided-filter.ts'

/**
 * Joint upsampling (fast guided filter, He and Sun 2015): the coefficients, known at a small size, are interpolated bilinearly at every
 * pixel of the guide and applied to its colour there; the result is added to the relit frame.
 *
 * @param coefficients [height, width, 12] as `guidedCoefficients` gives them
 * @returns clamp(relit + a . guide + b)
 */
export function addDetail(guide: RgbImage, relit: RgbImage, coefficients: Float32Array, width: number, height: number): RgbImage {
  const n = coefficientsPerPixel
  const out = new Uint8Array(relit.data.length)
  const columns = Array.from({ length: guide.width }, (_, x) => place(x, guide.width, width))
  const left = Int32Array.from(columns, ({ first }) => first * n)
  const right = Int32Array.from(columns, ({ second }) => second * n)
  const part = Float64Array.from(columns, (column) => column.part)
  const row = new Float64Array(width * n)
  for (let y = 0; y < guide.height; y++) {
    const { first, second, part: lower } = place(y, guide.height, height)
    for (let i = 0; i < row.length; i++) {
      const above = coefficients[first * row.length + i]
      // Everything in 8-bit units; the constants are in 0..1.
      row[i] = (above + (coefficients[second * row.length + i] - above) * lower) * (i % 4 === 3 ? 255 : 1)
    }
    for (let x = 0; x < guide.width; x++) {
      const at = (y * guide.width + x) * 3
      const a = left[x]
      const b = right[x]
      const t = part[x]
      const red = guide.data[at]
      const green = guide.data[at + 1]
      const blue = guide.data[at + 2]
      // The guide's colour is the same for both neighbours: apply each neighbour's coefficients, then blend the three results.
      for (let channel = 0, i = a, j = b; channel < 3; channel++, i += 4, j += 4) {
        const p = row[i] * red + row[i + 1] * green + row[i + 2] * blue + row[i + 3]
        const q = row[j] * red + row[j + 1] * green + row[j + 2] * blue + row[j + 3]
        out[at + channel] = toByte(relit.data[at + channel] + p + (q - p) * t)
      }
    }
  }
  return { width: guide.width, height: guide.height, data: out }
}

/** Between which of the small size's pixels the centre of pixel i of the large size lies. */
function place(i: number, large: number, small: number): { first: number; second: number; part: number } {
  const position = Math.min(Math.max(((i + 0.5) * small) / large - 0.5, 0), small - 1)
  const first = Math.floor(position)
  return { first, second: Math.min(first + 1, small - 1), part: position - first }
}

function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.floor(value + 0.5)
}
