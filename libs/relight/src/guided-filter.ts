import { boxMean } from './box-filter.ts'

/** Coefficients a pixel: for each output colour the weights of the guide's r, g, b and the constant. */
export const coefficientsPerPixel = 12

/**
 * Colour guided filter (He, Sun and Tang 2010, section 3.5): in every window the target is fitted as an affine function of the
 * guide's colour, a = (covariance of the guide + eps I)^-1 covariance(guide, target), b = mean(target) - a . mean(guide); the
 * coefficients of all windows that hold a pixel are averaged.
 *
 * @param guide [height, width, 3] in 0..1; @param target [height, width, 3]
 * @returns [height, width, 12]: a_r a_g a_b b for each of the target's three channels
 */
export function guidedCoefficients(
  guide: Float32Array,
  target: Float32Array,
  width: number,
  height: number,
  radius: number,
  eps: number,
): Float32Array {
  const size = width * height
  const scratch = new Float64Array(size)
  /** Box mean of the product of two interleaved channels; one channel where the second is missing. */
  const mean = (a: Float32Array, i: number, b?: Float32Array, j = 0): Float64Array => {
    const plane = new Float64Array(size)
    if (b === undefined) for (let k = 0; k < size; k++) plane[k] = a[3 * k + i]
    else for (let k = 0; k < size; k++) plane[k] = a[3 * k + i] * b[3 * k + j]
    boxMean(plane, width, height, radius, scratch)
    return plane
  }
  const [r, g, b] = [0, 1, 2].map((i) => mean(guide, i))
  const [rr, rg, rb, gg, gb, bb] = [
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 1],
    [1, 2],
    [2, 2],
  ].map(([i, j]) => mean(guide, i, guide, j))
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
    const p = mean(target, channel)
    const planes = [0, 1, 2].map((i) => mean(guide, i, target, channel))
    const [ar, ag, ab] = planes
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
