import { lerpVec } from './geometry/vec3.ts'
import type { Micros, Pose, Vec3 } from './geometry/types.ts'
import { interpolateSamples, poseOfSample } from './pose-at.ts'
import { upperBound } from './search.ts'
import type { Track } from './track.ts'

/** An oriented box at one moment. */
export interface TrackBox {
  readonly object_to_world: Pose
  /** Full length, width, height in metres, along the object's x, y, z. */
  readonly size: Vec3
  /** Whether the source says that the object moves at the observation before (or at) this moment; absent where it does not say. */
  readonly moving?: boolean
}

/**
 * Longest gap between two observations that is bridged: labels come at 2 to 10 Hz (nuScenes key frames 0.5 s apart, with jitter);
 * an object unseen for longer has left the label set, and a box drawn on a guess would be a false label.
 */
export const defaultTrackGapUs = 600_000

/**
 * The box of a track at a time: on an observation that one, between two of them slerp and lerp of pose and size.
 *
 * @returns undefined before the first observation, after the last (and `track.holdUs`), and inside a gap longer than `maxGapUs`
 */
export function trackBoxAt(track: Track, timeUs: Micros, maxGapUs: Micros = track.maxGapUs ?? defaultTrackGapUs): TrackBox | undefined {
  const { trajectory, sizes, moving } = track
  const { timesUs } = trajectory
  const index = upperBound(timesUs, timeUs) - 1
  if (index < 0) return undefined
  const motion = moving === undefined ? {} : { moving: moving[index] === 1 }
  const sizeOf = (i: number): Vec3 => [sizes[3 * i], sizes[3 * i + 1], sizes[3 * i + 2]]
  const held = index === timesUs.length - 1 && timeUs - timesUs[index] <= (track.holdUs ?? 0)
  if (timesUs[index] === timeUs || held) return { object_to_world: poseOfSample(trajectory, index), size: sizeOf(index), ...motion }
  if (index === timesUs.length - 1) return undefined
  const gap = timesUs[index + 1] - timesUs[index]
  if (gap > maxGapUs) return undefined
  const t = (timeUs - timesUs[index]) / gap
  return { object_to_world: interpolateSamples(trajectory, index, t), size: lerpVec(sizeOf(index), sizeOf(index + 1), t), ...motion }
}
