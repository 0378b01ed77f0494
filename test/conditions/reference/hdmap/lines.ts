import type { Vec3 } from '@virga/scenario'
import type { Frame } from '../frame.ts'
import type { Canvas, Rgb } from '../raster/canvas.ts'
import { clipLine, type Point } from '../raster/clip-line.ts'
import { roundHalfToEven, thickLine } from '../raster/thick-line.ts'
import { mix, nearClip } from './near-clip.ts'
import { clampDepth, farthest, shade } from './shade.ts'

const nearMargin = 0.2

/** Every edge cut at max(floor(length / step), 2) equally spaced points with both ends, those that two edges share once; without a step as it is. */
export function subdivide(points: readonly Vec3[], step: number | undefined): Vec3[] {
  if (step === undefined) return [...points]
  const cuts = points.slice(1).flatMap((end, i) => {
    const start = points[i]
    const length = Math.hypot(end[0] - start[0], end[1] - start[1], end[2] - start[2])
    if (length === 0) return []
    const pieces = Math.max(Math.floor(length / step), 2) - 1
    return Array.from({ length: pieces }, (_, k) => (k + 1 === pieces ? end : mix(start, end, (k + 1) / pieces)))
  })
  return [points[0], ...cuts]
}

/**
 * A polyline of constant width, shaded edge by edge (Cosmos-Drive-Dreams, minimap_utils.py).
 *
 * Two habits of the original that its frames show and the text leaves open: places are rounded to the nearest pixel, but truncated for a
 * segment that was cut at the camera plane; and a segment that lies wholly outside the picture is drawn all the same, so that its round end reaches
 * in where it passes within half a width of the edge.
 */
export function drawPolyline(
  canvas: Canvas,
  frame: Frame,
  world: readonly Vec3[],
  look: { readonly step?: number; readonly thickness: number; readonly colour: Rgb },
): void {
  if (world.every((point) => frame.toCamera(point)[2] < 0)) return
  const points = subdivide(world, look.step).map(frame.toCamera)
  const place = (point: Vec3, toInteger: (value: number) => number): Point | undefined => {
    const at = frame.lens(point)
    return at === undefined ? undefined : { x: toInteger(at[0]), y: toInteger(at[1]) }
  }
  const inside = points.some((point) => {
    const at = place(point, roundHalfToEven)
    return at !== undefined && at.x >= 0 && at.x < frame.width && at.y >= 0 && at.y < frame.height
  })
  if (!inside || Math.min(...points.map(([, , z]) => z)) > farthest) return
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]]
    const cut = nearClip(a, b, nearMargin)
    if (cut === undefined) continue
    const [from, to] = cut.map((point) => place(point, a[2] < 0 || b[2] < 0 ? Math.trunc : roundHalfToEven))
    if (from === undefined || to === undefined) continue
    const { ends } = clipLine(frame.width, frame.height, from, to)
    const depth = (clampDepth(a[2]) + clampDepth(b[2])) / 2
    thickLine(canvas, ends[0], ends[1], look.thickness, shade(look.colour, depth))
  }
}
