import type { Trajectory } from './trajectory.ts'

export type ObjectClass =
  | 'car'
  | 'van'
  | 'truck'
  | 'bus'
  | 'trailer'
  | 'train'
  | 'motorcycle'
  | 'bicycle'
  | 'rider'
  | 'pedestrian'
  | 'stroller'
  | 'animal'
  | 'cone'
  | 'bollard'
  | 'sign'
  | 'other'

/** One labelled object over time: oriented boxes, object axes x = heading, y left, z up, origin at the box centre. */
export interface Track {
  readonly id: string
  readonly class: ObjectClass
  /** The source's own category word. */
  readonly sourceCategory: string
  /** object_to_world at each observation. */
  readonly trajectory: Trajectory
  /** 3n metres: full length, width, height per observation. */
  readonly sizes: Float64Array
  /** 1 where the source says the object is moving, 0 where it is not; absent where the source does not say. */
  readonly moving?: Uint8Array
  /** Longest gap between two observations that is bridged, microseconds; default: `defaultTrackGapUs`. */
  readonly maxGapUs?: number
  /** For so long after its last observation the box stays where it was, microseconds; default 0. */
  readonly holdUs?: number
  /** LiDAR returns inside the box per observation, where the source counts them. */
  readonly interiorPoints?: BigInt64Array
}
