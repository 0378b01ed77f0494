import { addVec, scaleVec } from './vec3.ts'
import { conjugateQuat, identityQuat, multiplyQuat, normalizeQuat, rotateVec } from './quat.ts'
import { poseToMat4 } from './mat4.ts'
import type { Pose, Vec3 } from './types.ts'

export const identityPose: Pose = { rotation: identityQuat, translation: [0, 0, 0] }

/**
 * One pose after another, in matrix order: `composePose(b_to_c, a_to_b)` is a_to_c.
 * The rotation is normalised, so that long chains stay rigid.
 */
export function composePose(b_to_c: Pose, a_to_b: Pose): Pose {
  return {
    rotation: normalizeQuat(multiplyQuat(b_to_c.rotation, a_to_b.rotation)),
    translation: addVec(rotateVec(b_to_c.rotation, a_to_b.translation), b_to_c.translation),
  }
}

/** b_to_a of a_to_b. */
export function invertPose(a_to_b: Pose): Pose {
  const rotation = conjugateQuat(a_to_b.rotation)
  return { rotation, translation: scaleVec(rotateVec(rotation, a_to_b.translation), -1) }
}

/** A point of frame a in frame b; metres. */
export function transformPoint(a_to_b: Pose, point: Vec3): Vec3 {
  return addVec(rotateVec(a_to_b.rotation, point), a_to_b.translation)
}

/** A direction of frame a in frame b: rotated, not moved. */
export function transformDirection(a_to_b: Pose, direction: Vec3): Vec3 {
  return rotateVec(a_to_b.rotation, direction)
}

/**
 * 3n coordinates of frame a in frame b. Arithmetic is float64; the result has the type of `out`, else of `points`, so give a
 * Float64Array as `out` when float32 points go to a world frame far from its origin. `out` may be `points` itself.
 */
export function transformPoints<P extends Float32Array | Float64Array>(a_to_b: Pose, points: P): P
export function transformPoints<O extends Float32Array | Float64Array>(a_to_b: Pose, points: Float32Array | Float64Array, out: O): O
export function transformPoints(
  a_to_b: Pose,
  points: Float32Array | Float64Array,
  out: Float32Array | Float64Array = points instanceof Float32Array ? new Float32Array(points.length) : new Float64Array(points.length),
): Float32Array | Float64Array {
  const m = poseToMat4(a_to_b)
  for (let i = 0; i + 2 < points.length; i += 3) {
    const x = points[i]
    const y = points[i + 1]
    const z = points[i + 2]
    out[i] = m[0] * x + m[1] * y + m[2] * z + m[3]
    out[i + 1] = m[4] * x + m[5] * y + m[6] * z + m[7]
    out[i + 2] = m[8] * x + m[9] * y + m[10] * z + m[11]
  }
  return out
}
