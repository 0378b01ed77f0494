import { boxMean } from './box-filter.ts'

/** Coefficients a pixel: for each output colour the weights of the guide's r, g, b and the constant. */
export const coefficientsPerPixel = 12

/** Fits a target [height, width, 3] to a guide [height, width, 3] in 0..1; gives [height, width, 12], see `coefficientsPerPixel`. */
export type GuidedFilter = (guide: Float32Array, target: Float32Array) => Float32Array

/**
 * Colour guided filter (He, Sun and Tang 2010, section 3.5): in every window the target is fitted as an affine function of the
 * guide's colour, a = (covariance of the guide + eps I)^-1 covariance(guide, target), b = mean(target) - a . mean(guide); the
 * coefficients of all windows that hold a pixel are averaged. The filter keeps its working planes from call to call.
 *
 * @param radius half width of the square window in pixels; @param eps squared colour units
 */
export function createGuidedFilter(width: number, height: number, radius: number, eps: number): GuidedFilter {
  const size = width * height
  const scratch = new Float64Array(size)
  const planes = Array.from({ length: 13 }, () => new Float64Array(size))
  return (guide, target) => fit(guide, target, width, height, radius, eps, planes, scratch)
}

function fit(
  guide: Float32Array,
  target: Float32Array,
  width: number,
  height: number,
  radius: number,
  eps: number,
  workspace: readonly Float64Array[],
  scratch: Float64Array,
): Float32Array {
  const size = width * height
  const [r, g, b, rr, rg, rb, gg, gb, bb, p, ar, ag, ab] = workspace
  /** Box mean of a channel, or of the product of two channels. */
  const mean = (plane: Float64Array, x: Float32Array, i: number, y?: Float32Array, j = 0): void => {
    if (y === undefined) for (let k = 0; k < size; k++) plane[k] = x[3 * k + i]
    else for (let k = 0; k < size; k++) plane[k] = x[3 * k + i] * y[3 * k + j]
    boxMean(plane, width, height, radius, scratch)
  }
  ;[r, g, b].forEach((plane, i) => {
    mean(plane, guide, i)
  })
  mean(rr, guide, 0, guide, 0)
  mean(rg, guide, 0, guide, 1)
  mean(rb, guide, 0, guide, 2)
  mean(gg, guide, 1, guide, 1)
  mean(gb, guide, 1, guide, 2)
  mean(bb, guide, 2, guide, 2)
  // The inverse of the symmetric 3x3 matrix, by cofactors; overwrites the products, which nothing else needs.
  for (let k = 0; k < size; k++) {
    const a11 = rr[k] - r[k] * r[k] + eps
    const a12 = rg[k] - r[k] * g[k]
    const a13 = rb[k] - r[k] * b[k]
    const a22 = gg[k] - g[k] * g[k] + eps
    const a23 = gb[k] - g[k] * b[k]
    const a33 = bb[k] - b[k] * b[k] + eps
    const c11 = a22 * a33 - a23 * a23
    const c12 = a13 * a23 - a12 * a33
    const c13 = a12 * a23 - a13 * a22
    const determinant = a11 * c11 + a12 * c12 + a13 * c13
    rr[k] = c11 / determinant
    rg[k] = c12 / determinant
    rb[k] = c13 / determinant
    gg[k] = (a11 * a33 - a13 * a13) / determinant
    gb[k] = (a12 * a13 - a11 * a23) / determinant
    bb[k] = (a11 * a22 - a12 * a12) / determinant
  }
  const out = new Float32Array(size * coefficientsPerPixel)
  for (let channel = 0; channel < 3; channel++) {
    mean(p, target, channel)
    ;[ar, ag, ab].forEach((plane, i) => {
      mean(plane, guide, i, target, channel)
    })
    for (let k = 0; k < size; k++) {
      const vr = ar[k] - r[k] * p[k]
      const vg = ag[k] - g[k] * p[k]
      const vb = ab[k] - b[k] * p[k]
      ar[k] = rr[k] * vr + rg[k] * vg + rb[k] * vb
      ag[k] = rg[k] * vr + gg[k] * vg + gb[k] * vb
      ab[k] = rb[k] * vr + gb[k] * vg + bb[k] * vb
      p[k] -= ar[k] * r[k] + ag[k] * g[k] + ab[k] * b[k]
    }
    ;[ar, ag, ab, p].forEach((plane, i) => {
      boxMean(plane, width, height, radius, scratch)
      for (let k = 0; k < size; k++) out[k * coefficientsPerPixel + channel * 4 + i] = plane[k]
    })
  }
  return out
}
