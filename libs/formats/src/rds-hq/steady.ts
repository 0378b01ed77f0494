import { addVec, crossVec, dotVec, mat3ToQuat, normalizeVec, rotateVec, scaleVec, type Vec3 } from '@virga/scenario'
import type { Observation } from './objects.ts'

/** A heading further than this (cosine) from the mean of its track is taken for a label that points backwards. */
const headingAgreement = 0.7

/**
 * Gives the frames in which an object does not move one pose and one size, as NVIDIA's renderer does before it draws (Cosmos-Drive-Dreams,
 * `fix_static_objects`): the mean size of all of them; mean position, front and up of those whose heading agrees with the mean heading; left
 * is up x front, and up again front x left. Frames in which it moves stay as they are.
 *
 * A track whose headings have no mean direction is returned unchanged.
 */
export function steady(observations: readonly Observation[]): readonly Observation[] {
  const still = observations.filter(({ moving }) => !moving)
  if (still.length === 0) return observations
  const axisOf = (axis: Vec3) => (one: Observation) => rotateVec(one.object_to_world.rotation, axis)
  const heading = axisOf([1, 0, 0])
  const sum = still.map(heading).reduce(addVec)
  if (Math.hypot(...sum) < 1e-9 * still.length) return observations
  const meanHeading = normalizeVec(sum)
  const agreeing = still.filter((one) => dotVec(heading(one), meanHeading) >= headingAgreement)
  if (agreeing.length === 0) return observations
  const front = normalizeVec(mean(agreeing.map(heading)))
  const left = crossVec(mean(agreeing.map(axisOf([0, 0, 1]))), front)
  if (!(Math.hypot(...left) > 1e-9)) return observations
  const y = normalizeVec(left)
  const z = crossVec(front, y)
  const pose = {
    rotation: mat3ToQuat([front[0], y[0], z[0], front[1], y[1], z[1], front[2], y[2], z[2]]),
    translation: mean(agreeing.map((one) => one.object_to_world.translation)),
  }
  const size = mean(still.map((one) => one.size))
  return observations.map((one) => (one.moving ? one : { ...one, object_to_world: pose, size }))
}

const mean = (vectors: readonly Vec3[]): Vec3 => scaleVec(vectors.reduce(addVec), 1 / vectors.length)
