/** The seven cameras of an RDS-HQ rig, in the order of NVIDIA's tools. */
export const rdsHqCameras = [
  'camera_front_wide_120fov',
  'camera_cross_left_120fov',
  'camera_cross_right_120fov',
  'camera_rear_left_70fov',
  'camera_rear_right_70fov',
  'camera_rear_tele_30fov',
  'camera_front_tele_30fov',
] as const

/**
 * Cameras of other rigs that look roughly where one of the seven looks, by name. NVIDIA's tools find cameras by these names; the lenses stay what
 * they are, so an Argoverse front camera is no 120 degree lens under its new name.
 */
export const rdsHqCameraNames: Readonly<Record<string, (typeof rdsHqCameras)[number]>> = {
  ring_front_center: 'camera_front_wide_120fov',
  ring_front_left: 'camera_cross_left_120fov',
  ring_front_right: 'camera_cross_right_120fov',
  ring_rear_left: 'camera_rear_left_70fov',
  ring_rear_right: 'camera_rear_right_70fov',
  front: 'camera_front_wide_120fov',
}
