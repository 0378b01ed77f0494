import { composePose } from '../geometry/pose.ts'
import type { Micros, Pose } from '../geometry/types.ts'
import { poseAt } from '../pose-at.ts'
import type { Scenario } from '../scenario.ts'
import type { Camera } from './types.ts'

/**
 * camera_to_world at a time: the camera's own path where the source states one, else the ego pose and the camera's place on the vehicle.
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE outside the poses
 */
export function cameraPoseAt(scenario: Pick<Scenario, 'ego'>, camera: Camera, timeUs: Micros): Pose {
  if (camera.camera_to_world !== undefined) return poseAt(camera.camera_to_world, timeUs)
  return composePose(poseAt(scenario.ego, timeUs), camera.camera_to_vehicle)
}
