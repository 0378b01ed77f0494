/** [x, y, z] in metres unless a name says otherwise. */
export type Vec3 = readonly [number, number, number]

/** Unit quaternion, scalar first: [w, x, y, z]. */
export type Quat = readonly [number, number, number, number]

/** 4x4 homogeneous transform, row-major, 16 float64 values; `a_to_b` maps points in frame a to frame b. */
export type Mat4 = Float64Array

/** A rigid transform `<from>_to_<to>`: rotate, then translate (metres). */
export interface Pose {
  readonly rotation: Quat
  readonly translation: Vec3
}

/** A time in integer microseconds, a safe integer. */
export type Micros = number
