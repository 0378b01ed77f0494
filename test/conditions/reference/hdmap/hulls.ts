import type { Vec3 } from '@virga/scenario'
import type { Frame } from '../frame.ts'
import type { Canvas, Rgb } from '../raster/canvas.ts'
import type { Point } from '../raster/clip-line.ts'
import { fillPolygon } from '../raster/fill-polygon.ts'
import { convexHull, cutToRectangle } from './convex-hull.ts'
import { nearClip } from './near-clip.ts'
import { farthest, shade } from './shade.ts'

const nearMargin = 0.05

/**
 * The filled convex hull of a closed path in the picture (Cosmos-Drive-Dreams, minimap_utils.py).
 *
 * What its frames show beyond the text: the mean depth counts the first vertex twice (the path is closed by repeating it), a hull without area is not drawn,
 * the rectangle that cuts it reaches to width and height themselves, and the cut corners are truncated to whole pixels.
 */
export function drawHull(canvas: Canvas, frame: Frame, world: readonly Vec3[], colour: Rgb): void {
  const points = [...world, world[0]].map(frame.toCamera)
  const depths = points.map(([, , z]) => z)
  if (depths.every((z) => z < 0) || Math.min(...depths) > farthest) return
  const seen = points.some((point) => {
    const at = frame.lens(point)
    return at !== undefined && point[2] > 0 && at[0] >= 0 && at[0] < frame.width && at[1] >= 0 && at[1] < frame.height
  })
  if (!seen) return
  const path = closedNearClip(points)
  const places = path.flatMap((point): Point[] => {
    const at = frame.lens(point)
    return at === undefined ? [] : [{ x: Math.trunc(at[0]), y: Math.trunc(at[1]) }]
  })
  const cut = cutToRectangle(convexHull(places), frame.width, frame.height)
  if (cut.length < 3) return
  const depth = path.reduce((sum, [, , z]) => sum + z, 0) / path.length
  const corners = cut.map(({ x, y }) => ({ x: Math.trunc(x), y: Math.trunc(y) }))
  fillPolygon(canvas, corners, shade(colour, Math.min(depth, farthest)))
}

/** Vertices in front of the camera plane, and where an edge crosses it the cut end. */
function closedNearClip(points: readonly Vec3[]): Vec3[] {
  return points.flatMap((point, i): Vec3[] => {
    const own = point[2] < 0 ? [] : [point]
    const next = points[i + 1]
    if (i + 1 === points.length || point[2] < 0 === next[2] < 0) return own
    const cut = nearClip(point, next, nearMargin)
    return cut === undefined ? own : [...own, point[2] < 0 ? cut[0] : cut[1]]
  })
}
