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
  readonly #knownOpen: (Int32Array | undefined)[] = Array.from({ length: (2 * longestKept + 1) ** 2 })
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
    const key = keyOf(dx, dy)
    this.#known[key] ??= this.#make(dx, dy, false)
    return this.#known[key]
  }

  /** The same without the disc on its end, for a line that another one covers there. */
  getOpen(dx: number, dy: number): Int32Array {
    const key = keyOf(dx, dy)
    this.#knownOpen[key] ??= this.#make(dx, dy, true)
    return this.#knownOpen[key]
  }

  #make(dx: number, dy: number, open: boolean): Int32Array {
    const o = this.#origin
    thickLine(this.#parts, o, o, o + dx, o + dy, this.#thickness)
    const runs: number[] = []
    const top = Math.min(...this.#parts.map((part) => part.top))
    const bottom = Math.max(...this.#parts.map((part) => part.bottom))
    for (let y = top; y <= bottom; y += 1) {
      const [body, start, end] = this.#parts.map(({ left, right }) => (left[y] <= right[y] ? [left[y], right[y]] : undefined))
      const joined = join([body, start, ...(open ? [] : [end])].filter((run) => run !== undefined))
      const left = open && end !== undefined ? joined.flatMap((run) => without(run, end)) : joined
      for (const [from, to] of left) runs.push(y - o, from - o, to - o)
    }
    return Int32Array.from(runs)
  }
}

function keyOf(dx: number, dy: number): number {
  return (dx + longestKept) * (2 * longestKept + 1) + dy + longestKept
}

type Run = readonly number[]

/** Runs of columns, those that touch or overlap made one. */
function join(runs: readonly Run[]): Run[] {
  const joined: Run[] = []
  for (const run of runs.toSorted((a, b) => a[0] - b[0])) {
    const last = joined.at(-1)
    if (last !== undefined && run[0] <= last[1] + 1) joined[joined.length - 1] = [last[0], Math.max(last[1], run[1])]
    else joined.push(run)
  }
  return joined
}

/** What a run has outside of another. */
function without([from, to]: Run, [first, last]: Run): Run[] {
  return [
    [from, Math.min(to, first - 1)],
    [Math.max(from, last + 1), to],
  ].filter(([a, b]) => a <= b)
}
