import { type Canvas, putRow, type Rgb } from './canvas.ts'
import type { Point } from './clip-line.ts'
import { one, thinLine, whole } from './thin-line.ts'

/**
 * Fills a convex polygon with whole-pixel corners inside the picture as OpenCV's `fillPoly` (LINE_8) does: its outline one pixel wide, then on
 * each row the pixels whose left edge lies between the two sides. Unlike `fillConvex` it does not round a side outwards.
 */
export function fillPolygon(canvas: Canvas, corners: readonly Point[], colour: Rgb): void {
  corners.forEach((corner, i) => {
    const before = corners[(i + corners.length - 1) % corners.length]
    thinLine(canvas, before, corner, colour)
  })
  // Sides as OpenCV steps them: from the top, by a slope truncated to 1/65536 pixel.
  const sides = corners.flatMap((corner, i) => {
    const before = corners[(i + corners.length - 1) % corners.length]
    if (before.y === corner.y) return []
    const [top, bottom] = before.y < corner.y ? [before, corner] : [corner, before]
    return [{ top, bottom, slope: Math.trunc(((bottom.x - top.x) * one) / (bottom.y - top.y)) }]
  })
  const rows = corners.map(({ y }) => y)
  for (let y = Math.min(...rows); y < Math.max(...rows); y++) {
    const crossings = sides
      .filter(({ top, bottom }) => y >= top.y && y < bottom.y)
      .map(({ top, slope }) => top.x * one + slope * (y - top.y))
    putRow(canvas, y, whole(Math.min(...crossings) + one - 1), whole(Math.max(...crossings)), colour)
  }
}
