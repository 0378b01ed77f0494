import { type Canvas, putRow, type Rgb } from './canvas.ts'
import type { Point } from './clip-line.ts'
import { fixedLine, half, one, thinLine, whole } from './thin-line.ts'

interface Side {
  corner: number
  readonly step: number
  /** 1/65536 pixel, and its change per row. */
  x: number
  slope: number
  /** Row at which the next corner is taken. */
  until: number
}

/**
 * Fills a convex polygon as OpenCV's `fillConvexPoly` does (LINE_8): its outline one pixel wide, then every row between the left and the
 * right side, both rounded to the nearest pixel. A side's slope is rounded, so that rows far down may be one pixel off the true edge.
 *
 * @param corners in 1/65536 pixel when `fixed`, else whole pixels
 */
export function fillConvex(canvas: Canvas, corners: readonly Point[], colour: Rgb, fixed: boolean): void {
  const n = corners.length
  corners.forEach((corner, i) => {
    const before = corners[(i + n - 1) % n]
    if (fixed) fixedLine(canvas, before, corner, colour)
    else thinLine(canvas, before, corner, colour)
  })
  const rowOf = ({ y }: Point): number => (fixed ? whole(y + half) : y)
  const xOf = ({ x }: Point): number => (fixed ? x : x * one)
  const columns = corners.map(({ x }) => (fixed ? whole(x + half) : x))
  const top = corners.reduce((best, corner, i) => (corner.y < corners[best].y ? i : best), 0)
  const first = rowOf(corners[top])
  const last = Math.max(...corners.map(rowOf))
  if (n < 3 || Math.max(...columns) < 0 || last < 0 || Math.min(...columns) >= canvas.width || first >= canvas.height) return
  const sides: Side[] = [1, n - 1].map((step) => ({ corner: top, step, x: -one, slope: 0, until: first }))
  let edges = n
  for (let y = first; y <= Math.min(last, canvas.height - 1); y++) {
    for (const side of sides) {
      if (y < side.until) continue
      let from = side.corner
      let to = (from + side.step) % n
      while (edges-- > 0) {
        const row = rowOf(corners[to])
        if (row > y) {
          const rise = xOf(corners[to]) - xOf(corners[from])
          side.slope = Math.trunc((rise * 2 + (row - y)) / (2 * (row - y)))
          side.x = xOf(corners[from])
          side.until = row
          side.corner = to
          break
        }
        from = to
        to = (to + side.step) % n
      }
    }
    const [left, right] = sides[0].x > sides[1].x ? [sides[1], sides[0]] : sides
    putRow(canvas, y, whole(left.x + half), whole(right.x + half), colour)
    for (const side of sides) side.x += side.slope
  }
}
