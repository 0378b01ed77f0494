import type { Camera } from '@virga/scenario'

/** A camera as part of a stage's key: its poses frame by frame, if it has them, are named by the scenario's digest already. */
export function cameraKey({ camera_to_world, ...camera }: Camera): object {
  return camera_to_world === undefined ? camera : { ...camera, posedByFrame: true }
}
