import { clipLine, type LineEnds } from './opencv/clip-line.ts'
import { type LineShapes, lineShapes, longestKept } from './opencv/line-shapes.ts'
import { RowSpans } from './opencv/row-spans.ts'
import { thickLine, type ThickLineParts } from './opencv/thick-line.ts'
import type { Canvas } from './canvas.ts'

/** Pixels beyond which a line that misses the picture is cut first, so that its rasterisation stays short. */
const farOutside = 1 << 14

/** Draws thick lines between whole pixels into a canvas, exactly as OpenCV would: cut to the picture, then `line`. */
export class LineBrush {
  readonly canvas: Canvas
  readonly #parts: ThickLineParts
  readonly #shapes = new Map<number, LineShapes>()

  constructor(canvas: Canvas) {
    this.canvas = canvas
    const { width, height } = canvas
    this.#parts = [new RowSpans(width, height), new RowSpans(width, height), new RowSpans(width, height)]
  }

  /** @param covered whether what is drawn next covers the disc on the second end, so that it may be left out */
  draw(x0: number, y0: number, x1: number, y1: number, thickness: number, rgb: number, covered = false): void {
    const { width, height } = this.canvas
    const shapes = this.#shapesOf(thickness)
    const { reach } = shapes
    const left = Math.min(x0, x1) - reach
    const right = Math.max(x0, x1) + reach
    const top = Math.min(y0, y1) - reach
    const bottom = Math.max(y0, y1) + reach
    if (right < 0 || left >= width || bottom < 0 || top >= height) return
    if (left >= 0 && right < width && top >= 0 && bottom < height) {
      const dx = x1 - x0
      const dy = y1 - y0
      if (dx >= -longestKept && dx <= longestKept && dy >= -longestKept && dy <= longestKept) {
        this.canvas.stamp(covered ? shapes.getOpen(dx, dy) : shapes.get(dx, dy), x0, y0, rgb)
      } else this.#drawParts(x0, y0, x1, y1, thickness, rgb)
      return
    }
    const ends: LineEnds = [x0, y0, x1, y1]
    // A line that misses the picture is drawn all the same, as upstream does: its width may reach into it.
    if (!clipLine(width, height, ends) && Math.max(-left, -top, right, bottom) > farOutside) return
    this.#drawParts(ends[0], ends[1], ends[2], ends[3], thickness, rgb)
  }

  #drawParts(x0: number, y0: number, x1: number, y1: number, thickness: number, rgb: number): void {
    thickLine(this.#parts, x0, y0, x1, y1, thickness)
    for (const { top, bottom, left, right } of this.#parts) {
      for (let y = top; y <= bottom; y += 1) if (left[y] <= right[y]) this.canvas.run(y, left[y], right[y], rgb)
    }
  }

  #shapesOf(thickness: number): LineShapes {
    let shapes = this.#shapes.get(thickness)
    if (shapes === undefined) {
      shapes = lineShapes(thickness)
      this.#shapes.set(thickness, shapes)
    }
    return shapes
  }
}
