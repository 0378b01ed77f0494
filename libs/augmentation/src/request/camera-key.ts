import { createHash } from 'node:crypto'
import type { Camera } from '@virga/scenario'
import { digestOf } from '../digest/digest.ts'

/** A camera as part of a stage's key: its poses frame by frame, if it has them, are named by the scenario's digest already. */
export function cameraKey({ camera_to_world, ...camera }: Camera): object {
  return camera_to_world === undefined ? camera : { ...camera, posedByFrame: true }
}

/** Names everything about a camera that pixels depend on: lens, place, and its poses frame by frame. */
export function cameraDigest(camera: Camera): string {
  const path = camera.camera_to_world
  const columns = path === undefined ? [] : [path.timesUs, path.translations, path.rotations]
  const hash = createHash('sha256')
  for (const { buffer, byteOffset, byteLength } of columns) hash.update(new Uint8Array(buffer, byteOffset, byteLength))
  return digestOf({ camera: cameraKey(camera), path: hash.digest('hex') })
}
