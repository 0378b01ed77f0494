import type { KannalaBrandtModel, OpenCvRationalModel } from './types.ts'
import { invertMonotone, monotoneLimit } from './monotone.ts'

/** Radial factor of the rational model at squared normalised radius r2 (OpenCV, `projectPoints`). */
export function rationalFactor(model: OpenCvRationalModel, r2: number): number {
  const [k1, k2, k3, k4, k5, k6] = model.k
  return (1 + r2 * (k1 + r2 * (k2 + r2 * k3))) / (1 + r2 * (k4 + r2 * (k5 + r2 * k6)))
}

/** d(factor)/d(r2). */
export function rationalFactorSlope(model: OpenCvRationalModel, r2: number): number {
  const [k1, k2, k3, k4, k5, k6] = model.k
  const top = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
  const bottom = 1 + r2 * (k4 + r2 * (k5 + r2 * k6))
  const topSlope = k1 + r2 * (2 * k2 + r2 * 3 * k3)
  const bottomSlope = k4 + r2 * (2 * k5 + r2 * 3 * k6)
  return (topSlope * bottom - top * bottomSlope) / (bottom * bottom)
}

/** Distorted radius r * factor(r^2) and its derivative. */
const rationalRadius = (model: OpenCvRationalModel, r: number): number => r * rationalFactor(model, r * r)
const rationalRadiusSlope = (model: OpenCvRationalModel, r: number): number =>
  rationalFactor(model, r * r) + 2 * r * r * rationalFactorSlope(model, r * r)

/** Radii are searched up to this ray angle; a lens of this model that bends light further is unheard of. */
const largestRationalAngle = (89 * Math.PI) / 180

const rationalLimits = new WeakMap<OpenCvRationalModel, number>()

/** Largest normalised radius up to which the radial distortion grows; beyond it two rays share a pixel. */
export function rationalRadiusLimit(model: OpenCvRationalModel): number {
  let limit = rationalLimits.get(model)
  if (limit === undefined) {
    const [, , , k4, k5, k6] = model.k
    // Past a pole of the quotient the radius comes back from minus infinity, growing: that is not the lens any more.
    const beforePole = (r2: number): boolean => 1 + r2 * (k4 + r2 * (k5 + r2 * k6)) > 0
    const slope = (r: number): number => (beforePole(r * r) ? rationalRadiusSlope(model, r) : -1)
    const angle = monotoneLimit((theta) => slope(Math.tan(theta)), largestRationalAngle)
    limit = Math.tan(angle)
    rationalLimits.set(model, limit)
  }
  return limit
}

/** Undistorted normalised radius of a distorted one, radial terms only. */
export function undistortRationalRadius(model: OpenCvRationalModel, distorted: number): number | undefined {
  return invertMonotone(
    (r) => rationalRadius(model, r),
    (r) => rationalRadiusSlope(model, r),
    distorted,
    rationalRadiusLimit(model),
  )
}

/** theta_d of theta (Kannala and Brandt 2006, OpenCV's `fisheye`). */
export function kannalaBrandtRadius(model: KannalaBrandtModel, theta: number): number {
  const [k1, k2, k3, k4] = model.k
  const t2 = theta * theta
  return theta * (1 + t2 * (k1 + t2 * (k2 + t2 * (k3 + t2 * k4))))
}

export function kannalaBrandtSlope(model: KannalaBrandtModel, theta: number): number {
  const [k1, k2, k3, k4] = model.k
  const t2 = theta * theta
  return 1 + t2 * (3 * k1 + t2 * (5 * k2 + t2 * (7 * k3 + t2 * 9 * k4)))
}

const kannalaBrandtLimits = new WeakMap<KannalaBrandtModel, number>()

/** Largest ray angle (radians, at most pi) up to which theta_d grows. */
export function kannalaBrandtAngleLimit(model: KannalaBrandtModel): number {
  let limit = kannalaBrandtLimits.get(model)
  if (limit === undefined) {
    limit = monotoneLimit((theta) => kannalaBrandtSlope(model, theta), Math.PI)
    kannalaBrandtLimits.set(model, limit)
  }
  return limit
}
