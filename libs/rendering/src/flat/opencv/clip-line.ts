/** Ends of a line: x0, y0, x1, y1. */
export type LineEnds = [number, number, number, number]

/**
 * Cuts a line to a width x height picture in place, rounding as OpenCV's `clipLine` does: top and bottom before the sides, the first end
 * before the second, quotients truncated. Returns whether anything of it lies in the picture; if not, the ends may have been moved.
 */
export function clipLine(width: number, height: number, ends: LineEnds): boolean {
  const right = width - 1
  const bottom = height - 1
  let sides = [sidesOf(ends[0], ends[1], right, bottom), sidesOf(ends[2], ends[3], right, bottom)]
  if ((sides[0] & sides[1]) === 0 && (sides[0] | sides[1]) !== 0) {
    for (const end of [0, 1]) {
      if ((sides[end] & (above | below)) === 0) continue
      moveTo(ends, end, 1, sides[end] & below ? bottom : 0)
      sides[end] = sidesOf(ends[end * 2], ends[end * 2 + 1], right, bottom) & (before | behind)
    }
    if ((sides[0] & sides[1]) === 0) {
      for (const end of [0, 1]) if (sides[end] !== 0) moveTo(ends, end, 0, sides[end] === before ? 0 : right)
      sides = [0, 0]
    }
  }
  return (sides[0] | sides[1]) === 0
}

const before = 1
const behind = 2
const above = 4
const below = 8

function sidesOf(x: number, y: number, right: number, bottom: number): number {
  return (x < 0 ? before : x > right ? behind : 0) | (y < 0 ? above : y > bottom ? below : 0)
}

/** Moves one end along the line to where the coordinate `axis` (0 x, 1 y) has the given value. */
function moveTo(ends: LineEnds, end: number, axis: number, value: number): void {
  const own = end * 2 + axis
  const other = end * 2 + 1 - axis
  ends[other] += Math.trunc(((value - ends[own]) * (ends[3 - axis] - ends[1 - axis])) / (ends[2 + axis] - ends[axis]))
  ends[own] = value
}
