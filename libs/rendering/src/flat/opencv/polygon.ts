import { clipLine, type LineEnds } from './clip-line.ts'
import type { RowSpans } from './row-spans.ts'
import { coverLine, one, whole } from './thin-line.ts'

/**
 * A convex polygon with corners on whole pixels and its outline, as OpenCV's `fillPoly` draws it: slopes are truncated to 1/65536 pixel and
 * edges that leave the picture are followed from where they were cut.
 *
 * @param corners x, y of each, in order around it
 */
export function coverPolygon(rows: RowSpans, corners: readonly number[]): void {
  const n = corners.length / 2
  for (let i = 0; i < n; i += 1) {
    const before = (i + n - 1) % n
    coverEdge(rows, corners[before * 2], corners[before * 2 + 1], corners[i * 2], corners[i * 2 + 1])
  }
}

function coverEdge(rows: RowSpans, x0: number, y0: number, x1: number, y1: number): void {
  coverLine(rows, x0, y0, x1, y1)
  if (y0 === y1) return
  const { width, height } = rows
  const outside = (x: number, y: number): boolean => x < 0 || x >= width || y < 0 || y >= height
  let ends: LineEnds = [x0, y0, x1, y1]
  if (outside(x0, y0) || outside(x1, y1)) {
    const cut: LineEnds = [...ends]
    clipLine(width, height, cut)
    if (cut[1] !== cut[3]) ends = cut
  }
  const slope = Math.trunc(((ends[2] - ends[0]) * one) / (ends[3] - ends[1]))
  const top = Math.min(y0, y1)
  const upper = y0 < y1 ? 0 : 2
  let x = ends[upper] * one + (top - ends[upper + 1]) * slope
  // The outline has the pixels at the edge: between the edges only whole ones count.
  for (let y = top; y < Math.max(y0, y1); y += 1, x += slope) rows.cover(y, whole(x + one - 1), whole(x))
}
