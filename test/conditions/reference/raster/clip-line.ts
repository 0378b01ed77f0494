/** A point in whole pixels, or in 1/65536 pixel where a function says so. */
export interface Point {
  readonly x: number
  readonly y: number
}

/**
 * The part of a segment inside 0..width-1, 0..height-1, as OpenCV's `clipLine` finds it: Cohen-Sutherland, top and bottom first, each
 * crossing truncated towards zero. Integer input of any scale.
 *
 * @returns the two ends, and whether anything of the segment is inside: where nothing is, the ends may have moved part of the way
 */
export function clipLine(
  width: number,
  height: number,
  a: Point,
  b: Point,
): { readonly ends: readonly [Point, Point]; readonly inside: boolean } {
  const right = width - 1
  const bottom = height - 1
  const side = (x: number): number => (x < 0 ? 1 : 0) + (x > right ? 2 : 0)
  const codeOf = ({ x, y }: Point): number => side(x) + (y < 0 ? 4 : 0) + (y > bottom ? 8 : 0)
  let { x: x1, y: y1 } = a
  let { x: x2, y: y2 } = b
  let c1 = codeOf(a)
  let c2 = codeOf(b)
  const mixed = (): boolean => (c1 & c2) === 0 && (c1 | c2) !== 0
  if (mixed()) {
    if ((c1 & 12) !== 0) {
      const edge = c1 < 8 ? 0 : bottom
      x1 += Math.trunc(((edge - y1) * (x2 - x1)) / (y2 - y1))
      y1 = edge
      c1 = side(x1)
    }
    if ((c2 & 12) !== 0) {
      const edge = c2 < 8 ? 0 : bottom
      x2 += Math.trunc(((edge - y2) * (x2 - x1)) / (y2 - y1))
      y2 = edge
      c2 = side(x2)
    }
    if (mixed()) {
      if (c1 !== 0) {
        const edge = c1 === 1 ? 0 : right
        y1 += Math.trunc(((edge - x1) * (y2 - y1)) / (x2 - x1))
        x1 = edge
        c1 = 0
      }
      if (c2 !== 0) {
        const edge = c2 === 1 ? 0 : right
        y2 += Math.trunc(((edge - x2) * (y2 - y1)) / (x2 - x1))
        x2 = edge
        c2 = 0
      }
    }
  }
  const ends = [
    { x: x1, y: y1 },
    { x: x2, y: y2 },
  ] as const
  return { ends, inside: (c1 | c2) === 0 }
}
