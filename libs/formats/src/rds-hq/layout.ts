import { join } from 'node:path'
import { mapLayers } from './tables/index.ts'

/** Frame numbers of every folder count at 30 Hz; boxes and LiDAR have every third, the key frames. */
export const framesPerSecond = 30
export const framesPerKey = 3

/** Folders that hold one file per clip, the map layers aside. */
export const folders = {
  vehiclePose: 'vehicle_pose',
  pose: 'pose',
  ftheta: 'ftheta_intrinsic',
  pinhole: 'pinhole_intrinsic',
  boxes: 'all_object_info',
  lidar: 'lidar_raw',
  lidarConfig: 'lidar_sensor_config',
  lightStates: '3d_traffic_lights_status',
  captions: 'captions',
  mask: 'car_mask_coarse',
  timestamps: 'timestamp',
  licence: 'licence',
  /** This project's own: which of the two intrinsics a clip's cameras really have, in one word. */
  cameraModel: 'camera_model',
} as const

/** Folders of which any one tells that its parent is a data set of this format. */
export const markFolders: readonly string[] = [
  ...mapLayers.map(({ folder }) => folder),
  folders.vehiclePose,
  folders.pose,
  folders.ftheta,
  folders.pinhole,
  folders.boxes,
  folders.lidar,
]

export function tarOf(root: string, folder: string, clip: string): string {
  return join(root, folder, `${clip}.tar`)
}

/** Microseconds from the clip's start to a frame. */
export function frameOffsetUs(frame: number): number {
  return Math.round((frame * 1e6) / framesPerSecond)
}

/**
 * The moment at which a clip starts: the first of the stamps in `<session uuid>_<start us>_<end us>` or `<uuid>_<start us>`; 0 for an id
 * without stamps, as other converters give.
 */
export function clipStartUs(clip: string): number {
  const [, first, last] = /_(\d{1,16})_(\d{1,16})$/.exec(clip) ?? []
  if (first !== undefined && Number(last) > Number(first)) return Number(first)
  return Number(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}_(\d{1,15})$/.exec(clip)?.[1] ?? 0)
}
