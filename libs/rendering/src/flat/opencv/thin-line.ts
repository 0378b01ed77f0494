import { clipLine, type LineEnds } from './clip-line.ts'
import type { RowSpans } from './row-spans.ts'

/** Fixed point with 16 fractional bits. */
export const one = 65_536
export const half = 32_768

/** floor(v / 65536), for values beyond 32 bits too. */
export const whole = (v: number): number => Math.floor(v / one)

/**
 * A line one pixel wide between whole pixels, cut to the picture first, as OpenCV's 8-connected LineIterator walks it (Bresenham 1965, always
 * from left to right).
 */
export function coverLine(rows: RowSpans, x0: number, y0: number, x1: number, y1: number): void {
  const ends: LineEnds = [x0, y0, x1, y1]
  if (!clipLine(rows.width, rows.height, ends)) return
  let [x, y, endX, endY] = ends
  if (endX < x) [x, y, endX, endY] = [endX, endY, x, y]
  const down = endY < y ? -1 : 1
  const dx = endX - x
  const dy = Math.abs(endY - y)
  const steep = dy > dx
  const [long, short] = steep ? [dy, dx] : [dx, dy]
  let error = long - 2 * short
  for (let i = 0; i <= long; i += 1) {
    rows.cover(y, x, x)
    const sideways = error < 0
    error += sideways ? 2 * long - 2 * short : -2 * short
    if (steep) {
      y += down
      if (sideways) x += 1
    } else {
      x += 1
      if (sideways) y += down
    }
  }
}

/** The same between fixed-point positions: OpenCV's sub-pixel line, which steps along the longer axis and truncates the slope. */
export function coverFixedLine(rows: RowSpans, x0: number, y0: number, x1: number, y1: number): void {
  const ends: LineEnds = [x0, y0, x1, y1]
  if (!clipLine(rows.width * one, rows.height * one, ends)) return
  const flat = Math.abs(ends[2] - ends[0]) > Math.abs(ends[3] - ends[1])
  const axis = flat ? 0 : 1
  if (ends[2 + axis] < ends[axis]) ends.push(...(ends.splice(0, 2) as [number, number]))
  const run = ends[2 + axis] - ends[axis]
  const slope = Math.trunc(((ends[3 - axis] - ends[1 - axis]) * one) / (run % 2 === 0 ? run + 1 : run))
  const first = whole(ends[axis] + half)
  let across = ends[1 - axis] + half
  for (let i = 0; i <= whole(run); i += 1, across += slope) {
    if (flat) rows.cover(whole(across), first + i, first + i)
    else rows.cover(first + i, whole(across), whole(across))
  }
  rows.cover(whole(ends[3] + half), whole(ends[2] + half), whole(ends[2] + half))
}
