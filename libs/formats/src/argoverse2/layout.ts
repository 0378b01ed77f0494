import { join } from 'node:path'

/** Where the parts of an Argoverse 2 sensor log lie, relative to its folder. */
export const parts = {
  poses: 'city_SE3_egovehicle.feather',
  annotations: 'annotations.feather',
  intrinsics: join('calibration', 'intrinsics.feather'),
  extrinsics: join('calibration', 'egovehicle_SE3_sensor.feather'),
  map: 'map',
  lidar: join('sensors', 'lidar'),
  cameras: join('sensors', 'cameras'),
} as const

/** `log_map_archive_<log id>____<region>.json`, the region for instance PIT_city_47896. */
export const mapFilePattern = /^log_map_archive_(.+?)____(.+)\.json$/

/** Columns of a pose in every file that holds poses: quaternion scalar first, metres. */
export const poseColumns = {
  qw: 'float64',
  qx: 'float64',
  qy: 'float64',
  qz: 'float64',
  tx_m: 'float64',
  ty_m: 'float64',
  tz_m: 'float64',
} as const

/** Argoverse 2 stamps are int64 nanoseconds; a scenario counts whole microseconds. */
export function microsOf(stampNs: bigint): number {
  return Number(stampNs / 1000n)
}
