import { type Camera, cameraPoseAt, composePose, invertPose, type Mat4, type Micros, poseToMat4, type Scenario } from '@virga/scenario'
import { motionOf } from './moving-boxes.ts'
import type { PreparedSweep } from './prepare-sweep.ts'

type Placed = Pick<PreparedSweep, 'points_to_world' | 'boxes'>

/**
 * For each sweep points_to_camera at a time, computed in float64 (city coordinates cancel here): first of what stands still, then of each of
 * its boxes; undefined for a box whose track is not seen at that time: its points are not drawn.
 */
export function sweepTransforms(scenario: Scenario, camera: Camera, timeUs: Micros, sweeps: readonly Placed[]): (Mat4 | undefined)[][] {
  const world_to_camera = invertPose(cameraPoseAt(scenario, camera, timeUs))
  return sweeps.map(({ points_to_world, boxes }) => {
    const moved = boxes.map((box) => motionOf(box, timeUs))
    return [
      poseToMat4(composePose(world_to_camera, points_to_world)),
      ...moved.map((motion) => motion && poseToMat4(composePose(world_to_camera, composePose(motion, points_to_world)))),
    ]
  })
}
