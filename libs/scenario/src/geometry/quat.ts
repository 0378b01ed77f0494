import type { Quat, Vec3 } from './types.ts'

export const identityQuat: Quat = [1, 0, 0, 0]

/** Hamilton product: the rotation `b`, then the rotation `a`. */
export function multiplyQuat(a: Quat, b: Quat): Quat {
  return [
    a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
    a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
    a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
    a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0],
  ]
}

/** The inverse rotation of a unit quaternion. */
export function conjugateQuat(q: Quat): Quat {
  return [q[0], -q[1], -q[2], -q[3]]
}

export function normQuat(q: Quat): number {
  return Math.hypot(q[0], q[1], q[2], q[3])
}

/** The unit quaternion along `q`, which must not be zero. */
export function normalizeQuat(q: Quat): Quat {
  const s = 1 / normQuat(q)
  return [q[0] * s, q[1] * s, q[2] * s, q[3] * s]
}

/** `v` turned by the unit quaternion `q`: v + 2w (u x v) + 2 u x (u x v) with u its vector part. */
export function rotateVec(q: Quat, v: Vec3): Vec3 {
  const tx = 2 * (q[2] * v[2] - q[3] * v[1])
  const ty = 2 * (q[3] * v[0] - q[1] * v[2])
  const tz = 2 * (q[1] * v[1] - q[2] * v[0])
  return [v[0] + q[0] * tx + q[2] * tz - q[3] * ty, v[1] + q[0] * ty + q[3] * tx - q[1] * tz, v[2] + q[0] * tz + q[1] * ty - q[2] * tx]
}

/** Rotation by `angle` radians about `axis`, counter-clockwise seen from its tip. */
export function quatFromAxisAngle(axis: Vec3, angle: number): Quat {
  const s = Math.sin(angle / 2) / Math.hypot(axis[0], axis[1], axis[2])
  return [Math.cos(angle / 2), axis[0] * s, axis[1] * s, axis[2] * s]
}

/** Roll about x, then pitch about y, then yaw about z, each about the fixed axes (Rz Ry Rx); radians. */
export function quatFromRollPitchYaw(roll: number, pitch: number, yaw: number): Quat {
  const [cr, sr] = [Math.cos(roll / 2), Math.sin(roll / 2)]
  const [cp, sp] = [Math.cos(pitch / 2), Math.sin(pitch / 2)]
  const [cy, sy] = [Math.cos(yaw / 2), Math.sin(yaw / 2)]
  return [cr * cp * cy + sr * sp * sy, sr * cp * cy - cr * sp * sy, cr * sp * cy + sr * cp * sy, cr * cp * sy - sr * sp * cy]
}

/** Heading of the rotated x axis in the x-y plane, radians counter-clockwise from x. */
export function yawOfQuat(q: Quat): number {
  return Math.atan2(2 * (q[0] * q[3] + q[1] * q[2]), 1 - 2 * (q[2] * q[2] + q[3] * q[3]))
}

/** Angle in radians, 0..pi, between two rotations given as unit quaternions. */
export function angleBetweenQuats(a: Quat, b: Quat): number {
  return 2 * halfArc(a, dotQuat(a, b) < 0 ? [-b[0], -b[1], -b[2], -b[3]] : b)
}

/**
 * Spherical interpolation along the shorter arc: constant angular velocity, `a` at t = 0 and `b` (up to sign) at t = 1
 * (Shoemake 1985). Both must be unit quaternions; so is the result.
 */
export function slerp(a: Quat, b: Quat, t: number): Quat {
  const sign = dotQuat(a, b) < 0 ? -1 : 1
  const near: Quat = [sign * b[0], sign * b[1], sign * b[2], sign * b[3]]
  const theta = halfArc(a, near)
  // Below this the arc and its chord agree to float64, and the quotient of sines would be 0 / 0.
  const small = theta < 1e-8
  const wa = small ? 1 - t : Math.sin((1 - t) * theta) / Math.sin(theta)
  const wb = small ? t : Math.sin(t * theta) / Math.sin(theta)
  return normalizeQuat([wa * a[0] + wb * near[0], wa * a[1] + wb * near[1], wa * a[2] + wb * near[2], wa * a[3] + wb * near[3]])
}

function dotQuat(a: Quat, b: Quat): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]
}

/** Angle on the 3-sphere, by atan2 of chord and sum: exact for near-parallel quaternions, where acos of the dot product is not. */
function halfArc(a: Quat, b: Quat): number {
  const chord = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2], a[3] - b[3])
  const sum = Math.hypot(a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3])
  return 2 * Math.atan2(chord, sum)
}
