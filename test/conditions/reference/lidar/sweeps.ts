import { type LidarSweepSource, type Micros, poseAt, type Scenario, trackBoxAt, type Vec3 } from '@virga/scenario'
import { apply, applyInverse, type Mat, matrix } from '../frame.ts'
import { roundHalfToEven } from '../raster/thick-line.ts'

const rate = 30
const nearest = 3
const boxMargin = 1.2

/** A moving object: where it was at the sweep, and where it is in the picture, if it still is. */
export interface Mover {
  readonly then: Mat
  readonly now: Mat | undefined
  /** Full length, width, height, metres. */
  readonly size: Vec3
}

/**
 * Indices at 30 Hz of the five sweeps that frame `frame` shows (Cosmos-Drive-Dreams, render_sample_lidar); the same one may come twice.
 *
 * @param frames number of frames of the drive at 30 Hz
 */
export function sweepFrames(frame: number, frames: number): number[] {
  const last = Math.floor((frames - 1) / 3) * 3
  return [-6, -3, 0, 3, 6].map((offset) => {
    const wanted = Math.min(Math.max(frame + offset, 0), frames - 1)
    return Math.min(roundHalfToEven(wanted / 3) * 3, last)
  })
}

/** The points of the five sweeps around a moment, in the world, moving objects carried to where they are then (steps 1 to 3). */
export async function accumulate(scenario: Scenario, timeUs: Micros): Promise<Vec3[]> {
  const frameOf = (time: Micros): number => Math.round(((time - scenario.startUs) * rate) / 1e6)
  const wanted = sweepFrames(frameOf(timeUs), frameOf(scenario.endUs) + 1)
  const points: Vec3[] = []
  for (const frame of wanted) {
    const source = scenario.sweeps.find((sweep) => frameOf(sweep.timeUs) === frame)
    if (source === undefined) throw new Error(`no sweep at frame ${frame}`)
    for (const point of await sweepInWorld(scenario, source, timeUs)) points.push(point)
  }
  return points
}

async function sweepInWorld(scenario: Scenario, source: LidarSweepSource, timeUs: Micros): Promise<Vec3[]> {
  const sweep = await source.load()
  const toVehicle = matrix(sweep.points_to_vehicle)
  const toWorld = matrix(poseAt(scenario.ego, sweep.timeUs))
  const movers = scenario.tracks.flatMap((track): Mover[] => {
    const then = trackBoxAt(track, sweep.timeUs)
    if (then === undefined || then.moving !== true) return []
    const now = trackBoxAt(track, timeUs)
    return [{ then: matrix(then.object_to_world), now: now && matrix(now.object_to_world), size: then.size }]
  })
  return carriedPoints(sweep.points, (point) => apply(toWorld, apply(toVehicle, point)), movers)
}

/** Sensor-frame points (3n) beyond the near cut, in the world, those inside a moving box (1.2 times its size) where that box is now. */
export function carriedPoints(points: Float32Array, toWorld: (point: Vec3) => Vec3, movers: readonly Mover[]): Vec3[] {
  const out: Vec3[] = []
  for (let i = 0; i < points.length; i += 3) {
    const own: Vec3 = [points[i], points[i + 1], points[i + 2]]
    if (Math.hypot(...own) < nearest) continue
    const carried = carry(toWorld(own), movers)
    if (carried !== undefined) out.push(carried)
  }
  return out
}

function carry(point: Vec3, movers: readonly Mover[]): Vec3 | undefined {
  for (const { then, now, size } of movers) {
    const local = applyInverse(then, point)
    if (local.some((value, axis) => Math.abs(value) > (size[axis] / 2) * boxMargin + 1e-6)) continue
    return now === undefined ? undefined : apply(now, local)
  }
  return point
}
