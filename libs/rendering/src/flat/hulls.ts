import { project, type Vec3 } from '@virga/scenario'
import { convexHull } from './convex-hull.ts'
import { farDepth, type Rgb, shade } from './palette.ts'
import { isInPicture, toCamera, type View } from './view.ts'

/** A filled convex area of one colour; the ring in pixel indices (pixel 0's centre is 0), 2n values. */
export interface DrawnHull {
  readonly ring: readonly number[]
  readonly rgb: Rgb
}

/** How far in front of the camera plane, as a share of the edge's depth range, a ring that crosses it is cut. */
const clipShare = 0.05

/**
 * The picture of a flat area or box of points: cut at the camera plane, projected, truncated to whole pixels, convex hull, shaded by the
 * mean depth of what is left (Cosmos-Drive-Dreams, minimap_utils.py). undefined when no vertex is in the picture or all lie beyond 122.5 m.
 *
 * @param ring 3n metres in the local frame
 */
export function drawnHull(ring: Float64Array, rgb: Rgb, view: View): DrawnHull | undefined {
  const points: Vec3[] = []
  for (let i = 0; i + 2 < ring.length; i += 3) points.push(toCamera(view.world_to_camera, ring[i], ring[i + 1], ring[i + 2]))
  if (!points.some((point) => isInPicture(view.camera, point))) return undefined
  if (Math.min(...points.map((point) => point[2])) > farDepth) return undefined
  const kept = clipAtCamera(points)
  const pixels = kept.map((point) => {
    const { u, v } = project(view.camera.model, point)
    return [Math.trunc(u), Math.trunc(v)] as const
  })
  const depth = kept.reduce((sum, point) => sum + point[2], 0) / kept.length
  // Pixels that the outline touches belong to the area: half a pixel around every vertex, as a diamond.
  const widened = pixels
    .filter(([u, v]) => Number.isFinite(u) && Number.isFinite(v))
    .flatMap(([u, v]) => [[u - 0.5, v] as const, [u + 0.5, v] as const, [u, v - 0.5] as const, [u, v + 0.5] as const])
  const hull = convexHull(widened)
  return hull.length < 3 ? undefined : { ring: hull.flat(), rgb: shade(rgb, depth) }
}

/** The closed ring cut at the camera plane: a vertex behind it is replaced by points a little in front of it on its two edges. */
function clipAtCamera(points: readonly Vec3[]): Vec3[] {
  const kept: Vec3[] = []
  points.forEach((a, i) => {
    const b = points[(i + 1) % points.length]
    if (a[2] >= 0) kept.push(a)
    if (a[2] < 0 !== b[2] < 0) {
      const [front, behind] = a[2] < 0 ? [b, a] : [a, b]
      const t = -behind[2] / (front[2] - behind[2]) + clipShare
      kept.push([t * front[0] + (1 - t) * behind[0], t * front[1] + (1 - t) * behind[1], t * front[2] + (1 - t) * behind[2]])
    }
  })
  return kept
}
