import type { Vec3 } from '../geometry/types.ts'
import { kannalaBrandtAngleLimit, kannalaBrandtRadius, rationalFactor, rationalRadiusLimit } from './distortion.ts'
import { fthetaRadius } from './ftheta.ts'
import type { CameraModel, FthetaModel, KannalaBrandtModel, OpenCvRationalModel, PinholeModel } from './types.ts'

/** Where a point lands in an image. */
export interface Projection {
  /** Pixels from the left edge; a pixel's centre is at +0.5. NaN where the model has no answer. */
  readonly u: number
  /** Pixels from the top edge. */
  readonly v: number
  /** The point's camera z in metres (not its range). */
  readonly depth: number
  /**
   * Whether the point lies in the model's valid field of view: in front of a planar model, and where the distortion still grows
   * with the ray's angle. u and v of an invalid point may be NaN or a place where another ray lands too. Whether the place is
   * inside the image is not part of it.
   */
  readonly valid: boolean
}

/** Projects a point of the camera frame (x right, y down, z forward; metres). */
export function project(model: CameraModel, point: Vec3): Projection {
  switch (model.kind) {
    case 'pinhole':
      return projectPinhole(model, point)
    case 'opencv-rational':
      return projectRational(model, point)
    case 'kannala-brandt':
      return projectKannalaBrandt(model, point)
    case 'ftheta':
      return projectFtheta(model, point)
  }
}

function projectPinhole(model: PinholeModel, [x, y, z]: Vec3): Projection {
  if (!(z > 0)) return { u: NaN, v: NaN, depth: z, valid: false }
  return { u: (model.fx * x) / z + model.cx, v: (model.fy * y) / z + model.cy, depth: z, valid: true }
}

function projectRational(model: OpenCvRationalModel, [x, y, z]: Vec3): Projection {
  if (!(z > 0)) return { u: NaN, v: NaN, depth: z, valid: false }
  const [dx, dy] = distortRational(model, x / z, y / z)
  const valid = Math.hypot(x, y) / z <= rationalRadiusLimit(model)
  return { u: model.fx * dx + model.cx, v: model.fy * dy + model.cy, depth: z, valid }
}

/** Normalised coordinates through radial and tangential distortion (OpenCV, `projectPoints`). */
export function distortRational(model: OpenCvRationalModel, x: number, y: number): [number, number] {
  const { p1, p2 } = model
  const r2 = x * x + y * y
  const factor = rationalFactor(model, r2)
  return [x * factor + 2 * p1 * x * y + p2 * (r2 + 2 * x * x), y * factor + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y]
}

function projectKannalaBrandt(model: KannalaBrandtModel, [x, y, z]: Vec3): Projection {
  const rho = Math.hypot(x, y)
  const theta = Math.atan2(rho, z)
  const factor = rho === 0 ? 0 : kannalaBrandtRadius(model, theta) / rho
  const valid = theta <= kannalaBrandtAngleLimit(model) && (rho > 0 || z > 0)
  return { u: model.fx * factor * x + model.cx, v: model.fy * factor * y + model.cy, depth: z, valid }
}

/** Points beyond `maxAngle`, also those behind the camera, are still given the place of the linear continuation. */
function projectFtheta(model: FthetaModel, [x, y, z]: Vec3): Projection {
  const rho = Math.hypot(x, y)
  const angle = Math.atan2(rho, z)
  const factor = rho === 0 ? 0 : fthetaRadius(model, angle) / rho
  const valid = angle <= model.maxAngle && (rho > 0 || z > 0)
  return {
    u: model.cx + factor * (model.c * x + model.d * y),
    v: model.cy + factor * (model.e * x + y),
    depth: z,
    valid,
  }
}
