import type { CameraModel, Mat4 } from '@virga/scenario'
import { Projector } from '../../camera/projector.ts'
import { type RadialLens, radialLens, samples } from './radial-lens.ts'

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
 * Projects points of a sweep: those in front of the camera that land in the picture or within the margin, in their order.
 *
 * @param m row-major points_to_camera
 * @param points 3n metres, of which those from `first` on are taken, at most `batchSize`
 * @returns their number
 */
export type PointProjection = (m: Mat4, points: Float32Array, first: number, count: number, out: ProjectedPoints) => number

/** The projection of a lens, as the shader has it: beyond the lens's limit the image goes on linearly. */
export function pointProjection(model: CameraModel, bounds: PictureBounds): PointProjection {
  if (model.kind === 'ftheta' || model.kind === 'kannala-brandt') {
    const lens = radialLens(model)
    return (...run) => projectRadial(lens, bounds, ...run)
  }
  const projector = new Projector(model)
  return (...run) => projectPlanar(projector, bounds, ...run)
}

function projectRadial(
  { table, linear: [a, b, c, d], cx, cy }: RadialLens,
  { width, height, margin }: PictureBounds,
  m: Mat4,
  points: Float32Array,
  first: number,
  count: number,
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
  projector: Projector,
  { width, height, margin }: PictureBounds,
  m: Mat4,
  points: Float32Array,
  first: number,
  count: number,
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
    projector.project(m0 * px + m1 * py + m2 * pz + m3, m4 * px + m5 * py + m6 * pz + m7, cz)
    const pu = projector.u
    const pv = projector.v
    // Written so that NaN fails it too.
    if (!(pu >= -margin && pv >= -margin && pu < width + margin && pv < height + margin)) continue
    u[n] = pu
    v[n] = pv
    z[n] = cz
    n += 1
  }
  return n
}
