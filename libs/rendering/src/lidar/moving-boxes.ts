import { composePose, invertPose, type Micros, type Pose, trackBoxAt, type Track, type Vec3 } from '@virga/scenario'

/** A moving track whose points a sweep may hold. */
export interface MovingBox {
  readonly track: Track
  /** World to object at the sweep's time. */
  readonly world_to_object: Pose
  /** Half extents times the scale, plus 1e-6, metres: points within belong to the object (Cosmos-Drive-Dreams, pcd_utils.py). */
  readonly reach: Vec3
}

/** Speed in m/s above which an object of unstated motion counts as moving (the Waymo converter of Cosmos-Drive-Dreams). */
const movingSpeed = 0.2

/** The boxes at a sweep's time that move, in track order. */
export function movingBoxes(tracks: readonly Track[], timeUs: Micros, scale: number): MovingBox[] {
  return tracks.flatMap((track) => {
    const box = trackBoxAt(track, timeUs)
    if (box === undefined || !(box.moving ?? isFast(track, timeUs))) return []
    const [length, width, height] = box.size.map((extent) => (extent / 2) * scale + 1e-6)
    return [{ track, world_to_object: invertPose(box.object_to_world), reach: [length, width, height] }]
  })
}

/** Mean speed over a quarter of a second to both sides of the time, as far as the track is seen. */
function isFast(track: Track, timeUs: Micros): boolean {
  const { timesUs } = track.trajectory
  const from = Math.max(timeUs - 250_000, timesUs[0])
  const to = Math.min(timeUs + 250_000, timesUs[timesUs.length - 1])
  const a = trackBoxAt(track, from)?.object_to_world.translation
  const b = trackBoxAt(track, to)?.object_to_world.translation
  if (a === undefined || b === undefined || to <= from) return false
  return Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]) / ((to - from) / 1e6) > movingSpeed
}

/** Where the points of a box at the sweep's time are in the world at another time; undefined when the track is not seen then. */
export function motionOf({ track, world_to_object }: MovingBox, timeUs: Micros): Pose | undefined {
  const box = trackBoxAt(track, timeUs)
  return box === undefined ? undefined : composePose(box.object_to_world, world_to_object)
}
