import type { RowSpans } from './row-spans.ts'
import { coverFixedLine, half, one, whole } from './thin-line.ts'

/** The rectangle and the two end discs: together they need not be one run in every row. */
export type ThickLineParts = readonly [body: RowSpans, start: RowSpans, end: RowSpans]

/**
 * A line of the given thickness (at least 2) with round ends between whole pixels, as OpenCV's `line` draws it without antialiasing: a
 * rectangle whose corners are rounded to 1/65536 pixel, filled with its outline, and a disc on each end.
 */
export function thickLine(parts: ThickLineParts, x0: number, y0: number, x1: number, y1: number, thickness: number): void {
  for (const part of parts) part.clear()
  const [body, start, end] = parts
  // Odd thicknesses get half a pixel more.
  const halfWidth = thickness * half + (thickness % 2 === 1 ? half : 0)
  const dx = x0 - x1
  const dy = y1 - y0
  if (dx !== 0 || dy !== 0) {
    const scale = halfWidth / Math.sqrt(dx * dx + dy * dy)
    const sx = roundHalfEven(dy * scale)
    const sy = roundHalfEven(dx * scale)
    const [ax, ay, bx, by] = [x0 * one, y0 * one, x1 * one, y1 * one]
    coverConvex(body, [ax + sx, ay + sy, ax - sx, ay - sy, bx - sx, by - sy, bx + sx, by + sy])
  }
  const radius = whole(thickness * half + half)
  coverDisc(start, x0, y0, radius)
  coverDisc(end, x1, y1, radius)
}

function roundHalfEven(v: number): number {
  const floor = Math.floor(v)
  const rest = v - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor
}

/** A filled disc by the midpoint algorithm of OpenCV's `circle`. */
function coverDisc(rows: RowSpans, x: number, y: number, radius: number): void {
  let error = 0
  for (let long = radius, short = 0; long >= short;) {
    rows.cover(y - short, x - long, x + long)
    rows.cover(y + short, x - long, x + long)
    rows.cover(y - long, x - short, x + short)
    rows.cover(y + long, x - short, x + short)
    error += 2 * short + 1
    short += 1
    if (error > 0) {
      error -= 2 * long - 1
      long -= 1
    }
  }
}

/** A convex polygon with fixed-point corners and its outline: OpenCV's `fillConvexPoly`, which walks down both sides from the top corner. */
function coverConvex(rows: RowSpans, corners: readonly number[]): void {
  const n = corners.length / 2
  let top = 0
  let bottom = -Infinity
  for (let i = 0; i < n; i += 1) {
    const before = (i + n - 1) % n
    coverFixedLine(rows, corners[before * 2], corners[before * 2 + 1], corners[i * 2], corners[i * 2 + 1])
    if (corners[i * 2 + 1] < corners[top * 2 + 1]) top = i
    bottom = Math.max(bottom, whole(corners[i * 2 + 1] + half))
  }
  const firstRow = whole(corners[top * 2 + 1] + half)
  const lastRow = Math.min(bottom, rows.height - 1)
  const sides = [1, n - 1].map((step) => ({ step, corner: top, until: firstRow, x: -one, slope: 0 }))
  let left = n
  for (let y = firstRow; y <= lastRow; y += 1) {
    for (const side of sides) {
      if (y < side.until) continue
      let from = side.corner
      let to = (from + side.step) % n
      for (; left > 0; from = to, to = (to + side.step) % n) {
        left -= 1
        const until = whole(corners[to * 2 + 1] + half)
        if (until <= y) continue
        side.until = until
        side.slope = Math.trunc(((corners[to * 2] - corners[from * 2]) * 2 + (until - y)) / (2 * (until - y)))
        side.x = corners[from * 2]
        side.corner = to
        break
      }
    }
    const a = whole(sides[0].x + half)
    const b = whole(sides[1].x + half)
    rows.cover(y, Math.min(a, b), Math.max(a, b))
    for (const side of sides) side.x += side.slope
  }
}
