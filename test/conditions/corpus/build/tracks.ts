import { buildTrajectory, type ObjectClass, type Quat, quatFromRollPitchYaw, type Track, type Vec3 } from '@virga/scenario'
import { timeOf } from './drive.ts'

/** A box at one key frame. */
export interface Sighting {
  readonly place: Vec3
  readonly yaw: number
  readonly size: Vec3
  readonly moving: boolean
  readonly roll?: number
  readonly pitch?: number
}

/**
 * A track at 10 Hz from key frame `from` to `to` (30 Hz frames, multiples of three), with the life that RDS-HQ gives it: nothing is bridged over a missing
 * key frame, and at the end of the drive the last box stays for two frames.
 */
export function track(id: string, type: string, kind: ObjectClass, from: number, to: number, at: (frame: number) => Sighting): Track {
  const frames = Array.from({ length: (to - from) / 3 + 1 }, (_, i) => from + 3 * i)
  const seen = frames.map(at)
  const rotation = ({ roll = 0, pitch = 0, yaw }: Sighting): Quat => quatFromRollPitchYaw(roll, pitch, yaw)
  return {
    id,
    class: kind,
    sourceCategory: type,
    trajectory: buildTrajectory({
      timesUs: frames.map(timeOf),
      translations: seen.flatMap(({ place }) => place),
      rotations: seen.flatMap((one) => [...rotation(one)]),
    }),
    sizes: Float64Array.from(seen.flatMap(({ size }) => size)),
    moving: Uint8Array.from(seen, ({ moving }) => (moving ? 1 : 0)),
    maxGapUs: 100_001,
    holdUs: 66_667,
  }
}

/** One box that stands for the whole drive. */
export function parked(id: string, type: string, kind: ObjectClass, frames: number, place: Vec3, size: Vec3, yaw = 0): Track {
  return track(id, type, kind, 0, frames - 1, () => ({ place, size, yaw, moving: false }))
}
