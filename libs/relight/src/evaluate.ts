import type { RgbImage } from '@virga/scenario'
import { foldRow, pixelVariables, type Polynomial } from './polynomial.ts'

/** What is known of every pixel beside its colour, row-major. */
export interface Geometry {
  /** Metres along the optical axis; 0, negative or not a number where there is none (sky). */
  readonly depth: Float32Array
  /** Class ids. */
  readonly seg: Uint8Array
  /** Names by class id; default: those of the mode that is applied. */
  readonly classNames?: readonly string[]
  /** Height on its box, or above the ground (20 m = 1), 0..1; default 0. */
  readonly up?: Float32Array
  /** Place on the seen side of its box, -1..1, 0 elsewhere; default 0. */
  readonly across?: Float32Array
}

/** near = exp(-depth / 30 m), the scale that the relight is fitted with. */
const nearMetres = 30

/** Pixels that are worked on together: their monomials stay in the processor's cache. */
const block = 256

/** Monomials that are added in one go, which spares reading and writing the sums; those missing at the end have coefficient 0. */
const atOnce = 4

/** What a polynomial is evaluated on. */
export interface Pixels {
  readonly width: number
  readonly height: number
  /** 8-bit colours [height, width, 3], where the polynomial reads them. */
  readonly data?: Uint8Array
  readonly geometry?: Geometry
  /** The polynomial's class by id in `geometry.seg`; absent: class 0 everywhere. */
  readonly classOf?: Uint8Array
}

/**
 * Evaluates the polynomial for every pixel: r, g, b = value / 255, row = (y + 0.5) / height, col = 2 (x + 0.5) / width - 1,
 * near = exp(-depth / 30 m), 0 for sky. The result is clamped to 0..1 and rounded to 8 bits.
 *
 * Pixels of one class side by side are one run, in which each monomial is a loop without a decision.
 */
export function evaluate(polynomial: Polynomial, { width, height, data, geometry, classOf }: Pixels): RgbImage {
  const { monomials, parent, factor, classes } = polynomial
  const out = new Uint8Array(width * height * 3)
  const padded = 1 + Math.ceil((monomials - 1) / atOnce) * atOnce
  const folded = Array.from({ length: classes }, () => new Float64Array(padded * 3))
  const foldedAt = new Int32Array(classes).fill(-1)
  const line = (): Float64Array => new Float64Array(block)
  const values = Array.from({ length: padded }, line)
  values[0].fill(1)
  const inputs = pixelVariables.map(line)
  const factors = Array.from(factor, (index) => inputs[index])
  const parents = Array.from(parent, (index) => values[index])
  const [red, green, blue] = [line(), line(), line()]
  for (let y = 0; y < height; y++) {
    for (let left = 0; left < width; left += block) {
      const first = y * width + left
      const count = Math.min(block, width - left)
      fill(inputs, first, count, left, width, data, geometry)
      for (let m = 1; m < monomials; m++) {
        const [of, by, to] = [parents[m], factors[m], values[m]]
        for (let i = 0; i < count; i++) to[i] = of[i] * by[i]
      }
      for (let start = 0; start < count;) {
        let end = count
        let k = 0
        if (geometry !== undefined && classOf !== undefined) {
          const { seg } = geometry
          const id = seg[first + start]
          k = classOf[id]
          end = start + 1
          while (end < count && seg[first + end] === id) end++
        }
        if (foldedAt[k] !== y) foldRow(polynomial, k, (y + 0.5) / height, folded[k])
        foldedAt[k] = y
        sum(values, folded[k], start, end, red, green, blue)
        start = end
      }
      for (let i = 0, at = first * 3; i < count; i++, at += 3) {
        out[at] = toByte(red[i])
        out[at + 1] = toByte(green[i])
        out[at + 2] = toByte(blue[i])
      }
    }
  }
  return { width, height, data: out }
}

/** The three colours of pixels `start` to `end` of a block: sums of monomials times coefficients [monomial, 3]. */
function sum(
  values: readonly Float64Array[],
  coefficients: Float64Array,
  start: number,
  end: number,
  red: Float64Array,
  green: Float64Array,
  blue: Float64Array,
): void {
  red.fill(coefficients[0], start, end)
  green.fill(coefficients[1], start, end)
  blue.fill(coefficients[2], start, end)
  for (let m = 1, k = 3; m < values.length; m += atOnce, k += 3 * atOnce) {
    const [p, q, s, t] = [values[m], values[m + 1], values[m + 2], values[m + 3]]
    const [pr, pg, pb, qr, qg, qb] = coefficients.subarray(k, k + 6)
    const [sr, sg, sb, tr, tg, tb] = coefficients.subarray(k + 6, k + 12)
    for (let i = start; i < end; i++) {
      const u = p[i]
      const v = q[i]
      const w = s[i]
      const x = t[i]
      red[i] += u * pr + v * qr + w * sr + x * tr
      green[i] += u * pg + v * qg + w * sg + x * tg
      blue[i] += u * pb + v * qb + w * sb + x * tb
    }
  }
}

/** The variables of a block of pixels, in the order of `pixelVariables`. */
function fill(
  [r, g, b, near, col, up, across]: readonly Float64Array[],
  first: number,
  count: number,
  left: number,
  width: number,
  data: Uint8Array | undefined,
  geometry: Geometry | undefined,
): void {
  for (let i = 0; i < count; i++) col[i] = (2 * (left + i + 0.5)) / width - 1
  if (data !== undefined) {
    for (let i = 0, at = first * 3; i < count; i++, at += 3) {
      r[i] = data[at] / 255
      g[i] = data[at + 1] / 255
      b[i] = data[at + 2] / 255
    }
  }
  if (geometry === undefined) return
  const { depth } = geometry
  for (let i = 0; i < count; i++) near[i] = depth[first + i] > 0 ? Math.exp(-depth[first + i] / nearMetres) : 0
  if (geometry.up !== undefined) for (let i = 0; i < count; i++) up[i] = geometry.up[first + i]
  if (geometry.across !== undefined) for (let i = 0; i < count; i++) across[i] = geometry.across[first + i]
}

function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 1 ? 255 : Math.floor(value * 255 + 0.5)
}
