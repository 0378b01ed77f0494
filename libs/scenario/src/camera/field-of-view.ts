import { kannalaBrandtAngleLimit, rationalRadiusLimit } from './distortion.ts'
import type { CameraModel } from './types.ts'

/**
 * Largest ray angle from the optical axis, radians, at which `project` is valid: where the distortion stops growing, or pi/2 for a
 * pinhole (which it does not reach). An f-theta model is valid up to the angle of its farthest image corner.
 */
export function maxValidAngle(model: CameraModel): number {
  switch (model.kind) {
    case 'pinhole':
      return Math.PI / 2
    case 'opencv-rational':
      return Math.atan(rationalRadiusLimit(model))
    case 'kannala-brandt':
      return kannalaBrandtAngleLimit(model)
    case 'ftheta':
      return model.maxAngle
  }
}
