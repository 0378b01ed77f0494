import { RowSpans } from './row-spans.ts'
import { thickLine, type ThickLineParts } from './thick-line.ts'

/** Steps along each axis up to which the shape of a line is kept: nearly all lines of a picture are shorter. */
export const longestKept = 48

const known = new Map<number, LineShapes>()

/** The shapes of lines of a thickness, shared by all pictures of the process. */
export function lineShapes(thickness: number): LineShapes {
  const shapesOfThickness = known.get(thickness) ?? new LineShapes(thickness)
  known.set(thickness, shapesOfThickness)
  return shapesOfThickness
}

/**
 * The pixels of lines of one thickness by their steps (dx, dy), computed once: a line between whole pixels looks the same wherever it lies,
 * as long as it does not touch the picture's border.
 */
export class LineShapes {
  /** Pixels that a line reaches beyond its ends. */
  readonly reach: number
  readonly #thickness: number
  readonly #known: (Int32Array | undefined)[] = Array.from({ length: (2 * longestKept + 1) ** 2 })
  readonly #parts: ThickLineParts
  readonly #origin: number

  constructor(thickness: number) {
    this.#thickness = thickness
    this.reach = Math.ceil(thickness / 2) + 2
    this.#origin = longestKept + this.reach
    const size = 2 * this.#origin + 1
    this.#parts = [new RowSpans(size, size), new RowSpans(size, size), new RowSpans(size, size)]
  }

  /** Row, first and last column of each run of the line from (0, 0) to (dx, dy), both within `longestKept`. */
  get(dx: number, dy: number): Int32Array {
    const key = (dx + longestKept) * (2 * longestKept + 1) + dy + longestKept
    this.#known[key] ??= this.#make(dx, dy)
    return this.#known[key]
  }

  #make(dx: number, dy: number): Int32Array {
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
    return Int32Array.from(runs)
  }
}
