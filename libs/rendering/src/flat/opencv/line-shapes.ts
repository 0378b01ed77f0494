import { RowSpans } from './row-spans.ts'
import { thickLine, type ThickLineParts } from './thick-line.ts'

/** Steps along each axis up to which the shape of a line is kept: nearly all lines of a picture are shorter. */
export const longestKept = 48

/**
 * The pixels of lines of one thickness by their steps (dx, dy), computed once: a line between whole pixels looks the same wherever it lies,
 * as long as it does not touch the picture's border.
 */
export class LineShapes {
  /** Pixels that a line reaches beyond its ends. */
  readonly reach: number
  readonly #thickness: number
  readonly #known = new Map<number, Int16Array>()
  readonly #parts: ThickLineParts
  readonly #origin: number

  constructor(thickness: number) {
    this.#thickness = thickness
    this.reach = Math.ceil(thickness / 2) + 2
    this.#origin = longestKept + this.reach
    const size = 2 * this.#origin + 1
    this.#parts = [new RowSpans(size, size), new RowSpans(size, size), new RowSpans(size, size)]
  }

  /** Runs of the line from (0, 0) to (dx, dy): row, first and last column of each, three values a run. */
  get(dx: number, dy: number): Int16Array {
    const key = (dx + longestKept) * 256 + dy + longestKept
    let shape = this.#known.get(key)
    if (shape === undefined) {
      shape = this.#make(dx, dy)
      this.#known.set(key, shape)
    }
    return shape
  }

  #make(dx: number, dy: number): Int16Array {
    const o = this.#origin
    thickLine(this.#parts, o, o, o + dx, o + dy, this.#thickness)
    const runs: number[] = []
    for (let y = 0; y < 2 * o + 1; y += 1) {
      const pieces = this.#parts
        .filter(({ top, bottom, left, right }) => y >= top && y <= bottom && left[y] <= right[y])
        .map(({ left, right }): [number, number] => [left[y], right[y]])
        .sort((a, b) => a[0] - b[0])
      const joined: [number, number][] = []
      for (const piece of pieces) {
        const last = joined.at(-1)
        if (last !== undefined && piece[0] <= last[1] + 1) last[1] = Math.max(last[1], piece[1])
        else joined.push(piece)
      }
      for (const [from, to] of joined) runs.push(y - o, from - o, to - o)
    }
    return Int16Array.from(runs)
  }
}
