import { type CameraModel, fthetaRadius, type KannalaBrandtModel, maxValidAngle } from '@virga/scenario'

/**
 * A lens that is symmetric around its axis. With h = tan(angle / 2) = rho / (z + |p|), which lies in 0..1 for what is in front of the camera,
 * a pixel is c + A (x, y) table(h) / (z + |p|): no arc tangent.
 */
export interface RadialLens {
  readonly kind: 'radial'
  /** Image radius divided by h at h = i / samples; one entry more at the end. */
  readonly table: Float64Array
  /** A, row-major, and c: pixels. */
  readonly linear: readonly [number, number, number, number]
  readonly cx: number
  readonly cy: number
}

/** OpenCV's rational model; a pinhole has no coefficients. */
export interface PlanarLens {
  readonly kind: 'planar'
  readonly fx: number
  readonly fy: number
  readonly cx: number
  readonly cy: number
  /** k1..k6, p1, p2 */
  readonly coefficients: readonly number[]
  /** Squared normalised radius from which the distortion goes on as it is there, as in the shader. */
  readonly limit: number
}

export type Lens = RadialLens | PlanarLens

/** Interpolated linearly, the place of a point is then exact to some 1e-5 px. */
export const samples = 8192

export function lensOf(model: CameraModel): Lens {
  switch (model.kind) {
    case 'pinhole':
      return { ...model, kind: 'planar', coefficients: [0, 0, 0, 0, 0, 0, 0, 0], limit: Infinity }
    case 'opencv-rational': {
      const limit = Math.min(Math.tan(maxValidAngle(model)) ** 2, 1e6)
      return { ...model, kind: 'planar', coefficients: [...model.k, model.p1, model.p2], limit }
    }
    case 'kannala-brandt': {
      const limit = maxValidAngle(model)
      const table = tableOf((angle) => kannalaBrandtRadius(model, Math.min(angle, limit)) + Math.max(angle - limit, 0))
      return { kind: 'radial', table, linear: [model.fx, 0, 0, model.fy], cx: model.cx, cy: model.cy }
    }
    case 'ftheta': {
      const table = tableOf((angle) => fthetaRadius(model, angle))
      return { kind: 'radial', table, linear: [model.c, model.d, model.e, 1], cx: model.cx, cy: model.cy }
    }
  }
}

function tableOf(radius: (angle: number) => number): Float64Array {
  // At the axis the quotient's limit, by a small angle.
  const at = (h: number): number => radius(2 * Math.atan(h)) / h
  return Float64Array.from({ length: samples + 2 }, (_, i) => at(Math.max(i / samples, 1e-9)))
}

function kannalaBrandtRadius({ k }: KannalaBrandtModel, angle: number): number {
  const squared = angle * angle
  return angle * (1 + squared * (k[0] + squared * (k[1] + squared * (k[2] + squared * k[3]))))
}
