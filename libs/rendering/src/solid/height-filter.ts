import {
  type Camera,
  cameraPoseAt,
  composePose,
  invertPose,
  type Mat4,
  type Micros,
  poseAt,
  poseToMat4,
  type Scenario,
  type Vec3,
} from '@virga/scenario'
import type { HeightFilter } from './description.ts'

/** Metres between the points of a line's edge that are counted. */
const countedEvery = 0.8

/**
 * local_to_level at a time, row-major: where points of the local frame would lie at the clip's start if the camera had them in front of it as it
 * has now, in the vehicle's frame of that moment. About the vehicle's frame now, z up (Cosmos-Drive-Dreams: q = T0 Tt^-1 p,
 * whose world is the vehicle's frame at the clip's start).
 */
export function levelFrame(scenario: Scenario, camera: Camera, timeUs: Micros, origin: Vec3): Mat4 {
  const startUs = Math.max(scenario.startUs, camera.camera_to_world?.timesUs[0] ?? scenario.startUs)
  const start_to_level = composePose(invertPose(poseAt(scenario.ego, startUs)), cameraPoseAt(scenario, camera, startUs))
  const world_to_level = composePose(start_to_level, invertPose(cameraPoseAt(scenario, camera, timeUs)))
  return poseToMat4(composePose(world_to_level, { rotation: [1, 0, 0, 0], translation: origin }))
}

/** Whether an element (3n metres, local frame; its vertices joined by lines) is drawn. */
export function isHighEnough({ below, share, degrees }: HeightFilter, points: ArrayLike<number>, m: Mat4): boolean {
  const height = (i: number): number => m[8] * points[i] + m[9] * points[i + 1] + m[10] * points[i + 2] + m[11]
  for (let i = 0; i + 2 < points.length; i += 3) if (height(i) > -below) return true
  const fall = Math.tan((degrees * Math.PI) / 180)
  let above = 0
  let all = 0
  const count = (x: number, y: number, z: number): void => {
    const qx = m[0] * x + m[1] * y + m[2] * z + m[3]
    const qy = m[4] * x + m[5] * y + m[6] * z + m[7]
    const qz = m[8] * x + m[9] * y + m[10] * z + m[11]
    all += 1
    if (qz >= -Math.hypot(qx, qy) * fall) above += 1
  }
  for (let i = 0; i + 2 < points.length; i += 3) {
    const next = i + 3 < points.length
    const d = next ? [points[i + 3] - points[i], points[i + 4] - points[i + 1], points[i + 5] - points[i + 2]] : [0, 0, 0]
    const steps = Math.min(Math.max(Math.floor(Math.hypot(d[0], d[1], d[2]) / countedEvery), 1), 10_000)
    for (let k = 0; k < (next ? steps : 1); k += 1) {
      const t = k / steps
      count(points[i] + d[0] * t, points[i + 1] + d[1] * t, points[i + 2] + d[2] * t)
    }
  }
  return above > share * all
}
