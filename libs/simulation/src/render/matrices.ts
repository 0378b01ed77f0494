import type { Mat4 } from '@virga/scenario'

/** Column-major float32 copy of a row-major matrix: the order that WGSL reads. */
export function toGpu(matrix: Mat4 | readonly number[], out: Float32Array, at: number): void {
  for (let row = 0; row < 4; row++) for (let column = 0; column < 4; column++) out[at + column * 4 + row] = matrix[row * 4 + column]
}

/** Row-major a * b. */
export function multiply(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  const out = new Array<number>(16).fill(0)
  for (let r = 0; r < 4; r++) {
    for (let c = 0; c < 4; c++) for (let k = 0; k < 4; k++) out[r * 4 + c] = out[r * 4 + c] + a[r * 4 + k] * b[k * 4 + c]
  }
  return out
}

/** Metres in front of the camera where drawing begins. */
export const nearPlane = 0.25

/**
 * Clip space of a pinhole in RDF axes for an image of width x height pixels (principal point in pixels, centres at +0.5), with reversed
 * depth near / z: 1 at the near plane, 0 at infinity. w is the depth along the camera's z.
 */
export function pinholeClip(fx: number, fy: number, cx: number, cy: number, width: number, height: number): number[] {
  return [
    (2 * fx) / width, 0, (2 * cx) / width - 1, 0,
    0, (-2 * fy) / height, 1 - (2 * cy) / height, 0,
    0, 0, 0, nearPlane,
    0, 0, 1, 0,
  ] // prettier-ignore
}

/** Orthographic clip space along the sun's rays around a centre, snapped to whole texels so that shadows do not crawl. */
export function shadowClip(
  sun: readonly [number, number, number],
  centre: readonly [number, number, number],
  half: number,
  texels: number,
): number[] {
  const length = Math.hypot(sun[0], sun[1]) || 1
  const right = [-sun[1] / length, sun[0] / length, 0] as const
  const up = [sun[1] * right[2] - sun[2] * right[1], sun[2] * right[0] - sun[0] * right[2], sun[0] * right[1] - sun[1] * right[0]] as const
  const dot = (a: readonly number[], b: readonly number[]): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
  const step = (2 * half) / texels
  const snap = (value: number): number => Math.round(value / step) * step
  const range = 160
  // Depth runs from 0 (nearest to the sun) to 1; compared with "less".
  return [
    right[0] / half, right[1] / half, right[2] / half, -snap(dot(right, centre)) / half,
    up[0] / half, up[1] / half, up[2] / half, -snap(dot(up, centre)) / half,
    -sun[0] / (2 * range), -sun[1] / (2 * range), -sun[2] / (2 * range), 0.5 + dot(sun, centre) / (2 * range),
    0, 0, 0, 1,
  ] // prettier-ignore
}
