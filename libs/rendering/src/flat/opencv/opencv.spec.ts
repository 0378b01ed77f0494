import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readOpencvCases } from '../../../test/opencv/read-cases.ts'
import { clipLine, type LineEnds } from './clip-line.ts'
import { lineShapes, longestKept } from './line-shapes.ts'
import { coverPolygon } from './polygon.ts'
import { RowSpans } from './row-spans.ts'
import { thickLine, type ThickLineParts } from './thick-line.ts'

const { width, height, lines, clips, polygons } = readOpencvCases()

function digest(parts: readonly RowSpans[]): string {
  const mask = new Uint8Array(width * height)
  for (const { top, bottom, left, right } of parts) {
    for (let y = top; y <= bottom; y += 1) mask.fill(1, y * width + Math.max(left[y], 0), y * width + Math.min(right[y], width - 1) + 1)
  }
  return createHash('sha1').update(mask).digest('hex').slice(0, 12)
}

describe('the pixels of OpenCV', () => {
  const parts: ThickLineParts = [new RowSpans(width, height), new RowSpans(width, height), new RowSpans(width, height)]

  it('thick lines with round ends', () => {
    for (const [x0, y0, x1, y1, thickness, expected] of lines) {
      thickLine(parts, x0, y0, x1, y1, thickness)
      expect([x0, y0, x1, y1, thickness, digest(parts)]).toEqual([x0, y0, x1, y1, thickness, expected])
    }
  })

  it('the same line wherever it lies, as one shape that is kept', () => {
    for (const [x0, y0, x1, y1, thickness] of lines) {
      const [dx, dy] = [x1 - x0, y1 - y0]
      if (Math.abs(dx) > longestKept || Math.abs(dy) > longestKept) continue
      const big: ThickLineParts = [new RowSpans(300, 300), new RowSpans(300, 300), new RowSpans(300, 300)]
      thickLine(big, 150, 150, 150 + dx, 150 + dy, thickness)
      const want = new Set<number>()
      for (const { top, bottom, left, right } of big) {
        for (let y = top; y <= bottom; y += 1) for (let x = left[y]; x <= right[y]; x += 1) want.add((y - 150) * 1000 + x - 150)
      }
      const shape = lineShapes(thickness).get(dx, dy)
      const got: number[] = []
      for (let i = 0; i < shape.length; i += 3) for (let x = shape[i + 1]; x <= shape[i + 2]; x += 1) got.push(shape[i] * 1000 + x)
      expect(got.sort((a, b) => a - b)).toEqual([...want].sort((a, b) => a - b))
    }
  })

  it('lines cut to the picture, also those that miss it', () => {
    for (const [x0, y0, x1, y1, inside, ...cut] of clips) {
      const ends: LineEnds = [x0, y0, x1, y1]
      expect([clipLine(width, height, ends) ? 1 : 0, ...ends].map((value) => value + 0)).toEqual([inside, ...cut])
    }
  })

  it('filled convex polygons', () => {
    const rows = new RowSpans(width, height)
    for (const [corners, expected] of polygons) {
      rows.clear()
      coverPolygon(rows, corners)
      expect([corners, digest([rows])]).toEqual([corners, expected])
    }
  })
})
