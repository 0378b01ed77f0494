import { normalizeQuat } from './quat.ts'
import type { Mat4, Pose, Quat, Vec3 } from './types.ts'

/** Row-major 4x4 of a pose whose rotation is a unit quaternion. */
export function poseToMat4(pose: Pose): Mat4 {
  const [w, x, y, z] = pose.rotation
  const [tx, ty, tz] = pose.translation
  return Float64Array.of(
    1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y), tx,
    2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x), ty,
    2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y), tz,
    0, 0, 0, 1,
  ) // prettier-ignore
}

/**
 * The pose of a row-major rigid 4x4 matrix; its 3x3 part must be a rotation (small float32 errors are normalised away).
 * Shepperd's method: the largest of the four candidates is the divisor, so every rotation is well conditioned.
 */
export function mat4ToPose(m: ArrayLike<number>): Pose {
  return { rotation: quatFromRotation(m, 4), translation: [m[3], m[7], m[11]] }
}

/** The unit quaternion of a row-major 3x3 rotation matrix. */
export function mat3ToQuat(m: ArrayLike<number>): Quat {
  return quatFromRotation(m, 3)
}

/** Row-major product a b: `a` after `b`. */
export function multiplyMat4(a: Mat4, b: Mat4): Mat4 {
  const out = new Float64Array(16)
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      let sum = 0
      for (let k = 0; k < 4; k++) sum += a[row * 4 + k] * b[k * 4 + column]
      out[row * 4 + column] = sum
    }
  }
  return out
}

/** A point through a row-major affine 4x4 (its last row is taken as 0 0 0 1). */
export function transformPointByMat4(m: Mat4, p: Vec3): Vec3 {
  return [
    m[0] * p[0] + m[1] * p[1] + m[2] * p[2] + m[3],
    m[4] * p[0] + m[5] * p[1] + m[6] * p[2] + m[7],
    m[8] * p[0] + m[9] * p[1] + m[10] * p[2] + m[11],
  ]
}

function quatFromRotation(m: ArrayLike<number>, stride: 3 | 4): Quat {
  const at = (row: number, column: number): number => m[row * stride + column]
  const trace = at(0, 0) + at(1, 1) + at(2, 2)
  const candidates = [trace, at(0, 0), at(1, 1), at(2, 2)]
  const largest = candidates.indexOf(Math.max(...candidates))
  const [yz, zx, xy] = [at(2, 1) - at(1, 2), at(0, 2) - at(2, 0), at(1, 0) - at(0, 1)]
  const [syz, szx, sxy] = [at(2, 1) + at(1, 2), at(0, 2) + at(2, 0), at(1, 0) + at(0, 1)]
  const square = 1 + (largest === 0 ? trace : 2 * candidates[largest] - trace)
  const rows: Quat[] = [
    [square, yz, zx, xy],
    [yz, square, sxy, szx],
    [zx, sxy, square, syz],
    [xy, szx, syz, square],
  ]
  return normalizeQuat(rows[largest])
}
