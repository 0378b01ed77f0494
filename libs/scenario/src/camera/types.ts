import type { Pose } from '../geometry/types.ts'
import type { Trajectory } from '../trajectory.ts'

/** Ideal pinhole; pixels. u = fx x/z + cx, v = fy y/z + cy. */
export interface PinholeModel {
  readonly kind: 'pinhole'
  readonly fx: number
  readonly fy: number
  readonly cx: number
  readonly cy: number
}

/** OpenCV's rational model: radial (1 + k1 r2 + k2 r4 + k3 r6) / (1 + k4 r2 + k5 r4 + k6 r6), tangential p1, p2. */
export interface OpenCvRationalModel {
  readonly kind: 'opencv-rational'
  readonly fx: number
  readonly fy: number
  readonly cx: number
  readonly cy: number
  /** k1..k6 */
  readonly k: readonly [number, number, number, number, number, number]
  readonly p1: number
  readonly p2: number
}

/** Kannala-Brandt fisheye (OpenCV fisheye): theta_d = theta (1 + k1 theta2 + k2 theta4 + k3 theta6 + k4 theta8). */
export interface KannalaBrandtModel {
  readonly kind: 'kannala-brandt'
  readonly fx: number
  readonly fy: number
  readonly cx: number
  readonly cy: number
  readonly k: readonly [number, number, number, number]
}

/**
 * NVIDIA f-theta. `angleToPixel` (radians -> pixels) and `pixelToAngle` (pixels -> radians) are degree-5 polynomials
 * [p0..p5], p0 = 0; one is the reference as stored, the other is fitted to it. [c d; e 1] is the linear term.
 */
export interface FthetaModel {
  readonly kind: 'ftheta'
  readonly cx: number
  readonly cy: number
  readonly angleToPixel: readonly number[]
  readonly pixelToAngle: readonly number[]
  /** Which of the two polynomials the log stores. */
  readonly reference: 'angle-to-pixel' | 'pixel-to-angle'
  /** Largest ray angle (radians) over the image corners; beyond it projection continues linearly. */
  readonly maxAngle: number
  readonly c: number
  readonly d: number
  readonly e: number
}

export type CameraModel = PinholeModel | OpenCvRationalModel | KannalaBrandtModel | FthetaModel

/** One camera of the rig. Camera axes RDF: x right, y down, z forward. */
export interface Camera {
  readonly name: string
  readonly model: CameraModel
  /** Image size in pixels. */
  readonly width: number
  readonly height: number
  readonly camera_to_vehicle: Pose
  /**
   * The camera's own path, for a source that states it frame by frame (RDS-HQ poses are taken at the start of each exposure); where it is
   * present it counts, not `camera_to_vehicle`, which then is its mean. Use `cameraPoseAt`.
   */
  readonly camera_to_world?: Trajectory
  /** Radial coefficients k1.. of the lens that the source states but has already removed from its images; `model` is without them. */
  readonly removedDistortion?: readonly number[]
}
