import {
  type Camera,
  type LidarSweep,
  cameraPoseAt,
  composePose,
  invertPose,
  poseAt,
  project,
  segClassId,
  transformPoint,
  type Vec3,
} from '@virga/scenario'
import type { DriveFrame, SimulatedDrive } from '../src/index.ts'

export interface Agreement {
  /** Points that the picture should show, of those the ones on what it shows, and of those the ones on vehicles. */
  readonly points: number
  readonly on: number
  readonly vehicles: number
}

/** How far off the picture's depth a point may lie, metres along the camera's axis. */
const tolerance = 0.15

/**
 * Compares a sweep with the depth of a picture of the same moment. What the sensor sees over the camera's head the picture does not show: points
 * behind what it shows are left out.
 */
export function agreement(drive: SimulatedDrive, sweep: LidarSweep, camera: Camera, { depth, seg }: DriveFrame): Agreement {
  const { width, height } = camera
  const { scenario } = drive
  const lidar_to_camera = composePose(
    invertPose(cameraPoseAt(scenario, camera, sweep.timeUs)),
    composePose(poseAt(scenario.ego, sweep.timeUs), sweep.points_to_vehicle),
  )
  const count = { on: 0, points: 0, vehicles: 0 }
  for (let i = 0; i < sweep.points.length; i += 3) {
    const at = transformPoint(lidar_to_camera, sweep.points.subarray(i, i + 3) as unknown as Vec3)
    if (at[2] < 1) continue
    const { u, v } = project(camera.model, at)
    const [x, y] = [Math.floor(u), Math.floor(v)]
    if (x < 1 || y < 1 || x >= width - 1 || y >= height - 1) continue
    let [least, hidden] = [Math.abs(between(depth, width, u, v) - at[2]), true]
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const z = depth[(y + dy) * width + x + dx]
        least = Math.min(least, Math.abs(z - at[2]))
        if (z === 0 || z > at[2] - tolerance) hidden = false
      }
    }
    if (hidden && least > tolerance) continue
    count.points++
    if (least > tolerance) continue
    count.on++
    if (seg[y * width + x] === segClassId.vehicle) count.vehicles++
  }
  return count
}

/** Depth between four pixel centres: 1 / z is linear on a plane, as a pinhole sees it. */
function between(depth: Float32Array, width: number, u: number, v: number): number {
  const [x, y] = [Math.floor(u - 0.5), Math.floor(v - 0.5)]
  const [f, g] = [u - 0.5 - x, v - 0.5 - y]
  const at = (dx: number, dy: number): number => 1 / depth[(y + dy) * width + x + dx]
  return 1 / ((1 - g) * ((1 - f) * at(0, 0) + f * at(1, 0)) + g * ((1 - f) * at(0, 1) + f * at(1, 1)))
}
