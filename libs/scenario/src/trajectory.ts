/**
 * Poses over time in columns: n samples, strictly increasing in time. Interpolated by `poseAt` (slerp and lerp).
 */
export interface Trajectory {
  /** n integer microseconds, strictly increasing (equal only where `stampsNs` tells two samples apart within a microsecond). */
  readonly timesUs: Float64Array
  /** 3n metres: x, y, z per sample. */
  readonly translations: Float64Array
  /** 4n: unit quaternion w, x, y, z per sample. */
  readonly rotations: Float64Array
  /** The source's own nanosecond stamps, one per sample, where it has them: what a writer gives back without loss. */
  readonly stampsNs?: BigInt64Array
}
