import { type Camera, fthetaFromIntrinsics, mat4ToPose, multiplyQuat, type Quat, quatFromRollPitchYaw } from '@virga/scenario'

/** Front wide camera of the public RDS-HQ sample, 1920x1080, and its mounting. */
export const frontWide: Camera = {
  name: 'camera_front_wide_120fov',
  ...fthetaFromIntrinsics([
    954.2063, 757.15415, 1920, 1080, 0, 1.05758628e-3, 8.2116208e-9, -3.3945008e-11, 8.0734208e-14, -2.94602496e-17, 1,
  ]),
  camera_to_vehicle: mat4ToPose([
    -0.01105494, -0.01810338, 0.999775, 1.849283, -0.9999387, 0.00079658, -0.01104233, -0.05416885, -0.00059649, -0.9998358, -0.01811108,
    1.3234164, 0, 0, 0, 1,
  ]),
}

/** Camera axes (right, down, forward) of a camera that looks along the vehicle's x. */
const forward: Quat = [0.5, -0.5, 0.5, -0.5]
const degrees = Math.PI / 180

function cameraAt(name: string, intrinsics: readonly number[], [x, y, z]: readonly number[], yaw: number): Camera {
  const rotation = multiplyQuat(quatFromRollPitchYaw(0, 0, yaw * degrees), forward)
  return { name, ...fthetaFromIntrinsics(intrinsics), camera_to_vehicle: { rotation, translation: [x, y, z] } }
}

/** Six cameras all around: the public sample's lenses; places and directions are made up but for the first. */
export const rig: readonly Camera[] = [
  frontWide,
  cameraAt(
    'camera_cross_left_120fov',
    [964.86275, 744.439, 1920, 1080, 0, 1.0655136e-3, -6.3100036e-9, 1.9566128e-11, 1.258088896e-14, 1.28343936e-18, 1],
    [1.9, 0.9, 1.0],
    65,
  ),
  cameraAt(
    'camera_cross_right_120fov',
    [958.4103, 744.29785, 1920, 1080, 0, 1.0670406e-3, -1.9016488e-9, 5.0939608e-12, 3.09046848e-14, -6.74121728e-18, 1],
    [1.9, -0.9, 1.0],
    -65,
  ),
  cameraAt(
    'camera_rear_left_70fov',
    [933.82935, 557.2074, 1920, 1080, 0, 1571.27855, 96.98752, -255.40837, 150.845965, 97.98543, 0],
    [2, 1, 1],
    152,
  ),
  cameraAt(
    'camera_rear_right_70fov',
    [968.8991, 553.86615, 1920, 1080, 0, 1564.0829, 100.93601, -264.07915, 149.67691, 100.501725, 0],
    [2, -1, 1],
    -152,
  ),
  cameraAt(
    'camera_rear_tele_30fov',
    [1032.4529, 514.0706, 1920, 1080, 0, 3680.57665, -184.34178, 2877.95335, -12169.1035, 16158.127, 0],
    [-0.5, 0, 1.3],
    180,
  ),
]
