import type { Vec3 } from '../geometry/types.ts'
import { invertMonotone } from './monotone.ts'
import {
  kannalaBrandtAngleLimit,
  kannalaBrandtRadius,
  kannalaBrandtSlope,
  rationalFactor,
  rationalFactorSlope,
  rationalRadiusLimit,
  undistortRationalRadius,
} from './distortion.ts'
import { fthetaAngle, undoLinearTerm } from './ftheta.ts'
import { distortRational } from './project.ts'
import type { CameraModel, OpenCvRationalModel } from './types.ts'

/**
 * The unit ray, in the camera frame, of the image point (u, v) in pixels; the inverse of `project` to float64.
 *
 * @returns undefined where no ray of the valid field of view lands (for f-theta: beyond the angle pi of its linear continuation)
 */
export function unproject(model: CameraModel, u: number, v: number): Vec3 | undefined {
  switch (model.kind) {
    case 'pinhole':
      return rayThrough((u - model.cx) / model.fx, (v - model.cy) / model.fy)
    case 'opencv-rational': {
      const undistorted = undistortRational(model, (u - model.cx) / model.fx, (v - model.cy) / model.fy)
      return undistorted && rayThrough(...undistorted)
    }
    case 'kannala-brandt': {
      const [x, y] = [(u - model.cx) / model.fx, (v - model.cy) / model.fy]
      const theta = invertMonotone(
        (angle) => kannalaBrandtRadius(model, angle),
        (angle) => kannalaBrandtSlope(model, angle),
        Math.hypot(x, y),
        kannalaBrandtAngleLimit(model),
      )
      return theta === undefined ? undefined : rayAtAngle(x, y, theta)
    }
    case 'ftheta': {
      const [x, y] = undoLinearTerm(model, u - model.cx, v - model.cy)
      const angle = fthetaAngle(model, Math.hypot(x, y))
      return angle === undefined ? undefined : rayAtAngle(x, y, angle)
    }
  }
}

function rayThrough(x: number, y: number): Vec3 {
  const length = Math.hypot(x, y, 1)
  return [x / length, y / length, 1 / length]
}

/** The ray at `angle` from the optical axis, towards the image direction (x, y). */
function rayAtAngle(x: number, y: number, angle: number): Vec3 {
  const radius = Math.hypot(x, y)
  if (radius === 0) return [0, 0, 1]
  const s = Math.sin(angle) / radius
  return [x * s, y * s, Math.cos(angle)]
}

/** Radial inverse as the start, then Newton on both coordinates, since the tangential terms couple them. */
function undistortRational(model: OpenCvRationalModel, dx: number, dy: number): [number, number] | undefined {
  const distorted = Math.hypot(dx, dy)
  const limit = rationalRadiusLimit(model)
  // Near the edge of the valid field the tangential terms may carry the radius past what the radial ones reach.
  const start = undistortRationalRadius(model, distorted) ?? limit
  let x = distorted === 0 ? 0 : (dx / distorted) * start
  let y = distorted === 0 ? 0 : (dy / distorted) * start
  const { p1, p2 } = model
  for (let step = 0; step < 50; step++) {
    const [px, py] = distortRational(model, x, y)
    const [ex, ey] = [px - dx, py - dy]
    if (Math.hypot(ex, ey) <= 1e-15 * Math.max(1, distorted)) break
    const r2 = x * x + y * y
    const factor = rationalFactor(model, r2)
    const slope = 2 * rationalFactorSlope(model, r2)
    const xx = factor + slope * x * x + 2 * p1 * y + 6 * p2 * x
    const xy = slope * x * y + 2 * p1 * x + 2 * p2 * y
    const yy = factor + slope * y * y + 6 * p1 * y + 2 * p2 * x
    const determinant = xx * yy - xy * xy
    x -= (yy * ex - xy * ey) / determinant
    y -= (xx * ey - xy * ex) / determinant
  }
  const [px, py] = distortRational(model, x, y)
  const solved = Math.hypot(px - dx, py - dy) <= 1e-12 * Math.max(1, distorted)
  return solved && Math.hypot(x, y) <= limit ? [x, y] : undefined
}
