import type { GreyImage } from '../../condition-style.ts'
import type { ProjectedPoints } from './project-points.ts'

/** A point's splat reaches this many pixels to each side of its own. */
export const splatReach = 2

/** Pixels around the picture that are summed too, so that no splat needs to be cut. */
const border = 2 * splatReach

const atOne = Math.exp(-0.5)
const atTwo = Math.exp(-2)

/** How a frame weighs its points by their depth. */
export interface DepthWeights {
  /** Weight = (1 + z)^-steepness. */
  readonly steepness: number
  /** Depths are cut off here, metres. */
  readonly farthest: number
}

/** Per pixel the sums of weight * depth and of weight, float64: weights of a frame lie within 25 orders of magnitude. */
export class DepthSums {
  readonly width: number
  readonly height: number
  readonly #stride: number
  readonly #sums: Float64Array
  /** Rows of `#sums` that have been written: from, to (exclusive). */
  #from: number
  #to = 0

  constructor(width: number, height: number) {
    this.width = width
    this.height = height
    this.#stride = 2 * (width + 2 * border)
    this.#sums = new Float64Array(this.#stride * (height + 2 * border))
    this.#from = height + 2 * border
  }

  /**
   * Adds the first `count` points, which must lie within `splatReach` pixels of the picture: 5x5 pixels around each, Gaussian of one pixel
   * times the weight by depth times `times`.
   *
   * The Gaussian is separable, and at distance f + d (d = -2..2, |f| <= 0.5) exp(-(f + d)^2 / 2) = exp(-f^2 / 2) exp(-f d) exp(-d^2 / 2), with
   * series for the first two factors (error below 1e-8 of the weight).
   */
  add({ u, v, z }: ProjectedPoints, count: number, { steepness, farthest }: DepthWeights, times: number): void {
    const sums = this.#sums
    const stride = this.#stride
    let from = this.#from
    let to = this.#to
    for (let i = 0; i < count; i += 1) {
      const column = (u[i] + border) | 0
      const row = (v[i] + border) | 0
      if (row - splatReach < from) from = row - splatReach
      if (row + splatReach >= to) to = row + splatReach + 1
      const depth = z[i] < farthest ? z[i] : farthest
      const weight = times * Math.exp(-steepness * Math.log(1 + depth))

      const fx = u[i] + border - column - 0.5
      const xx = fx * fx
      const xe = 1 - (xx / 2) * (1 - (xx / 4) * (1 - (xx / 6) * (1 - (xx / 8) * (1 - xx / 10))))
      const xc = 1 + xx * (1 / 2 + xx * (1 / 24 + xx * (1 / 720 + xx / 40320)))
      const xs = fx * (1 + xx * (1 / 6 + xx * (1 / 120 + xx * (1 / 5040 + xx / 362880))))
      const xp = xc + xs
      const xm = xc - xs
      const x0 = xe * atTwo * xm * xm
      const x1 = xe * atOne * xm
      const x3 = xe * atOne * xp
      const x4 = xe * atTwo * xp * xp

      const fy = v[i] + border - row - 0.5
      const yy = fy * fy
      const ye = weight * (1 - (yy / 2) * (1 - (yy / 4) * (1 - (yy / 6) * (1 - (yy / 8) * (1 - yy / 10)))))
      const yc = 1 + yy * (1 / 2 + yy * (1 / 24 + yy * (1 / 720 + yy / 40320)))
      const ys = fy * (1 + yy * (1 / 6 + yy * (1 / 120 + yy * (1 / 5040 + yy / 362880))))
      const yp = yc + ys
      const ym = yc - ys

      let at = (row - splatReach) * stride + 2 * (column - splatReach)
      let w = ye * atTwo * ym * ym
      for (let line = 0; ; line += 1) {
        const wz = w * depth
        sums[at] += x0 * w
        sums[at + 1] += x0 * wz
        sums[at + 2] += x1 * w
        sums[at + 3] += x1 * wz
        sums[at + 4] += xe * w
        sums[at + 5] += xe * wz
        sums[at + 6] += x3 * w
        sums[at + 7] += x3 * wz
        sums[at + 8] += x4 * w
        sums[at + 9] += x4 * wz
        if (line === 4) break
        at += stride
        w = line === 0 ? ye * atOne * ym : line === 1 ? ye : line === 2 ? ye * atOne * yp : ye * atTwo * yp * yp
      }
    }
    this.#from = from
    this.#to = to
  }

  /** The mean depths as grey, black where there are none, white at `white` metres and beyond; the sums are zero afterwards. */
  paint(white: number): GreyImage {
    const { width, height } = this
    const grey = new Uint8Array(width * height)
    const from = Math.max(this.#from, border)
    const to = Math.min(this.#to, height + border)
    for (let row = from; row < to; row += 1) {
      let at = row * this.#stride + 2 * border
      for (let i = (row - border) * width, end = i + width; i < end; i += 1, at += 2) {
        const weight = this.#sums[at]
        if (weight === 0) continue
        const depth = this.#sums[at + 1] / weight
        grey[i] = depth < white ? (depth / white) * 255 : 255
      }
    }
    if (this.#to > this.#from) this.#sums.fill(0, this.#from * this.#stride, this.#to * this.#stride)
    this.#from = height + 2 * border
    this.#to = 0
    return { width, height, grey }
  }
}
