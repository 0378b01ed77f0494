import type { FthetaModel, KannalaBrandtModel } from '@virga/scenario'
import { Projector } from '../../camera/projector.ts'

/**
 * A lens that is symmetric around its axis, without its arc tangent. With h = tan(angle / 2) = rho / (z + |p|), which lies in 0..1 for what
 * is in front of the camera, a pixel is c + A (x, y) table(h) / (z + |p|).
 */
export interface RadialLens {
  /** Image radius divided by h at h = i / samples; one entry more at the end. */
  readonly table: Float64Array
  /** A, row-major, and c: pixels. */
  readonly linear: readonly [number, number, number, number]
  readonly cx: number
  readonly cy: number
}

/** Interpolated linearly, the place of a point is then exact to some 1e-5 px. */
export const samples = 8192

export function radialLens(model: FthetaModel | KannalaBrandtModel): RadialLens {
  const { cx, cy } = model
  const linear = model.kind === 'ftheta' ? ([model.c, model.d, model.e, 1] as const) : ([model.fx, 0, 0, model.fy] as const)
  const projector = new Projector(model)
  const table = Float64Array.from({ length: samples + 2 }, (_, i) => {
    // On the axis the quotient's limit, by a small angle.
    const h = Math.max(i / samples, 1e-6)
    const angle = 2 * Math.atan(h)
    projector.project(0, Math.sin(angle), Math.cos(angle))
    return (projector.v - cy) / linear[3] / h
  })
  return { table, linear, cx, cy }
}
