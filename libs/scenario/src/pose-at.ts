import { VirgaError } from '@virga/errors'
import { normalizeQuat, slerp } from './geometry/quat.ts'
import type { Micros, Pose, Quat, Vec3 } from './geometry/types.ts'
import { lerpVec } from './geometry/vec3.ts'
import { upperBound } from './search.ts'
import type { Trajectory } from './trajectory.ts'

/** The pose of sample `index`, rotation normalised. */
export function poseOfSample(trajectory: Trajectory, index: number): Pose {
  return { rotation: normalizeQuat(quatOf(trajectory, index)), translation: translationOf(trajectory, index) }
}

/**
 * The pose at a time: the sample itself on a stamp, else slerp (shorter arc) and lerp between its two neighbours.
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE outside the first and last stamp, saying the range
 */
export function poseAt(trajectory: Trajectory, timeUs: Micros): Pose {
  const { timesUs } = trajectory
  const first = timesUs[0]
  const last = timesUs[timesUs.length - 1]
  if (!(timeUs >= first && timeUs <= last)) {
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `time ${timeUs} us lies outside the trajectory`, { expected: `${first} to ${last} us` })
  }
  const index = upperBound(timesUs, timeUs) - 1
  if (timesUs[index] === timeUs) return poseOfSample(trajectory, index)
  return interpolateSamples(trajectory, index, (timeUs - timesUs[index]) / (timesUs[index + 1] - timesUs[index]))
}

/** Between sample `index` (t = 0) and the next (t = 1). */
export function interpolateSamples(trajectory: Trajectory, index: number, t: number): Pose {
  const before = poseOfSample(trajectory, index)
  const after = poseOfSample(trajectory, index + 1)
  return {
    rotation: slerp(before.rotation, after.rotation, t),
    translation: lerpVec(before.translation, after.translation, t),
  }
}

function quatOf(trajectory: Trajectory, index: number): Quat {
  const { rotations: r } = trajectory
  return [r[4 * index], r[4 * index + 1], r[4 * index + 2], r[4 * index + 3]]
}

function translationOf(trajectory: Trajectory, index: number): Vec3 {
  const { translations: t } = trajectory
  return [t[3 * index], t[3 * index + 1], t[3 * index + 2]]
}
