import type { Mat4 } from '@virga/scenario'
import { type Lens, type PlanarLens, type RadialLens, samples } from './lens.ts'

/** Points of the picture: pixels, and metres along the camera's axis. */
export interface ProjectedPoints {
  readonly u: Float64Array
  readonly v: Float64Array
  readonly z: Float64Array
}

/** Most points of one batch: small enough to stay in the processor's nearest cache. */
export const batchSize = 2048

export function createBatch(): ProjectedPoints {
  return { u: new Float64Array(batchSize), v: new Float64Array(batchSize), z: new Float64Array(batchSize) }
}

/** The picture, and how far beside it a point may land to be kept, pixels. */
export interface PictureBounds {
  readonly width: number
  readonly height: number
  readonly margin: number
}

/**
 * Points in front of the camera that land in the picture or within the margin, in their order.
 *
 * @param m row-major points_to_camera
 * @param points 3n metres, of which those from `first` on are taken, at most `batchSize`
 * @returns their number
 */
export function projectPoints(
  lens: Lens,
  m: Mat4,
  points: Float32Array,
  first: number,
  count: number,
  bounds: PictureBounds,
  out: ProjectedPoints,
): number {
  return lens.kind === 'radial'
    ? projectRadial(lens, m, points, first, count, bounds, out)
    : projectPlanar(lens, m, points, first, count, bounds, out)
}

function projectRadial(
  { table, linear: [a, b, c, d], cx, cy }: RadialLens,
  m: Mat4,
  points: Float32Array,
  first: number,
  count: number,
  { width, height, margin }: PictureBounds,
  { u, v, z }: ProjectedPoints,
): number {
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11] = m
  let n = 0
  for (let p = 3 * first; p < 3 * (first + count); p += 3) {
    const px = points[p]
    const py = points[p + 1]
    const pz = points[p + 2]
    const cz = m8 * px + m9 * py + m10 * pz + m11
    if (!(cz > 0)) continue
    const x = m0 * px + m1 * py + m2 * pz + m3
    const y = m4 * px + m5 * py + m6 * pz + m7
    const rho2 = x * x + y * y
    const inverse = 1 / (cz + Math.sqrt(rho2 + cz * cz))
    const place = Math.sqrt(rho2) * inverse * samples
    const i = place | 0
    const scale = (table[i] + (place - i) * (table[i + 1] - table[i])) * inverse
    const pu = cx + (a * x + b * y) * scale
    const pv = cy + (c * x + d * y) * scale
    if (pu < -margin || pv < -margin || pu >= width + margin || pv >= height + margin) continue
    u[n] = pu
    v[n] = pv
    z[n] = cz
    n += 1
  }
  return n
}

function projectPlanar(
  { fx, fy, cx, cy, coefficients, limit }: PlanarLens,
  m: Mat4,
  points: Float32Array,
  first: number,
  count: number,
  { width, height, margin }: PictureBounds,
  { u, v, z }: ProjectedPoints,
): number {
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11] = m
  const [k1, k2, k3, k4, k5, k6, p1, p2] = coefficients
  let n = 0
  for (let p = 3 * first; p < 3 * (first + count); p += 3) {
    const px = points[p]
    const py = points[p + 1]
    const pz = points[p + 2]
    const cz = m8 * px + m9 * py + m10 * pz + m11
    if (!(cz > 0)) continue
    const x = (m0 * px + m1 * py + m2 * pz + m3) / cz
    const y = (m4 * px + m5 * py + m6 * pz + m7) / cz
    const squared = x * x + y * y
    const r2 = Math.min(squared, limit)
    const radial = (1 + r2 * (k1 + r2 * (k2 + r2 * k3))) / (1 + r2 * (k4 + r2 * (k5 + r2 * k6)))
    // Beyond the limit tangential terms keep their direction and grow linearly.
    const inside = squared > r2 ? Math.sqrt(r2 / squared) : 1
    const [tx, ty] = [x * inside, y * inside]
    const pu = cx + fx * (x * radial + (2 * p1 * tx * ty + p2 * (r2 + 2 * tx * tx)) / inside)
    const pv = cy + fy * (y * radial + (p1 * (r2 + 2 * ty * ty) + 2 * p2 * tx * ty) / inside)
    // Written so that NaN fails it too.
    if (!(pu >= -margin && pv >= -margin && pu < width + margin && pv < height + margin)) continue
    u[n] = pu
    v[n] = pv
    z[n] = cz
    n += 1
  }
  return n
}
