import type { Vec3 } from '@virga/scenario'
import { apply, type Frame } from '../frame.ts'

const below = -3
const slope = Math.tan((3 * Math.PI) / 180)
const share = 0.8

/**
 * Whether flavour dd keeps an element: it drops roads far below the vehicle, say under a bridge. Heights are taken in the frame
 * that the world is in when the camera is moved back to where it began, which is about the vehicle's own.
 */
export function keptByHeight(frame: Frame, points: readonly Vec3[]): boolean {
  const moved = points.map((point) => apply(frame.firstCamera_to_world, frame.toCamera(point)))
  if (moved.some(([, , z]) => z > below)) return true
  const shallow = moved.filter(([x, y, z]) => z >= -Math.hypot(x, y) * slope)
  return shallow.length > share * moved.length
}
