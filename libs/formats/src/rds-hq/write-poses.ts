import { isVirgaError, VirgaError } from '@virga/errors'
import { type Camera, cameraPoseAt, composePose, identityPose, type Pose, poseAt, poseToMat4, type Scenario } from '@virga/scenario'
import { encodeNpy } from '../npy/write-npy.ts'
import { type ClipWindow, frameName } from './write-clip-window.ts'

type Member = readonly [string, Uint8Array]

/** A pose as the bytes of a float64 4x4 .npy: float32 would lose micrometres, and NVIDIA's LiDAR renderer multiplies with float64 points. */
export function encodePose(pose: Pose): Uint8Array {
  return encodeNpy([4, 4], poseToMat4(pose))
}

/** `vehicle_pose`: vehicle_to_world of every frame, the first exactly the identity. */
export function* vehiclePoses(scenario: Scenario, clip: ClipWindow): Generator<Member> {
  for (const [frame, timeUs] of clip.timesUs.entries()) {
    const pose = frame === 0 ? identityPose : composePose(clip.world_to_clip, poseAt(scenario.ego, timeUs))
    yield [`${clip.id}.${frameName(frame)}.vehicle_pose.npy`, encodePose(pose)]
  }
}

/**
 * `pose`: camera_to_world of every frame and camera, camera axes right, down, forward.
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE naming a camera whose own path does not cover a frame
 */
export function* cameraPoses(scenario: Scenario, clip: ClipWindow, cameras: readonly (readonly [string, Camera])[]): Generator<Member> {
  for (const [name, camera] of cameras) {
    for (const [frame, timeUs] of clip.timesUs.entries()) {
      yield [
        `${clip.id}.${frameName(frame)}.pose.${name}.npy`,
        encodePose(composePose(clip.world_to_clip, poseOf(scenario, camera, timeUs))),
      ]
    }
  }
}

function poseOf(scenario: Scenario, camera: Camera, timeUs: number): Pose {
  try {
    return cameraPoseAt(scenario, camera, timeUs)
  } catch (error) {
    if (!isVirgaError(error)) throw error
    throw new VirgaError(error.code, `camera ${camera.name} has no pose: ${error.message}`, error.place, { cause: error })
  }
}

/** `timestamp`: the frame's time in microseconds. */
export function* timestamps(clip: ClipWindow): Generator<Member> {
  for (const [frame, timeUs] of clip.timesUs.entries()) {
    yield [`${clip.id}.${frameName(frame)}.timestamp_micros.txt`, Buffer.from(`${timeUs}`)]
  }
}
