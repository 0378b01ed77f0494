export type Point = readonly [number, number]

/** Convex hull by Andrew's monotone chain (1979), counter-clockwise for y up; collinear points are dropped. */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1])
  const half = (from: readonly Point[]): Point[] => {
    const chain: Point[] = []
    for (const point of from) {
      while (chain.length >= 2 && turn(chain[chain.length - 2], chain[chain.length - 1], point) <= 0) chain.pop()
      chain.push(point)
    }
    chain.pop()
    return chain
  }
  return [...half(sorted), ...half(sorted.reverse())]
}

function turn(o: Point, a: Point, b: Point): number {
  return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])
}

/** A convex ring cut to 0..width, 0..height (both inclusive), side by side (Sutherland and Hodgman 1974); empty when nothing is left. */
export function cutToPicture(ring: readonly Point[], width: number, height: number): Point[] {
  let left = [...ring]
  for (const [axis, limit, sign] of [
    [0, 0, 1],
    [0, width, -1],
    [1, 0, 1],
    [1, height, -1],
  ] as const) {
    const inside = (p: Point): boolean => sign * (p[axis] - limit) >= 0
    left = left.flatMap((b, i) => {
      const a = left[(i + left.length - 1) % left.length]
      const crossing = inside(a) === inside(b) ? [] : [crossAt(a, b, axis, limit)]
      return inside(b) ? [...crossing, b] : crossing
    })
  }
  return left
}

function crossAt(a: Point, b: Point, axis: 0 | 1, limit: number): Point {
  const other = 1 - axis
  const value = a[other] + ((b[other] - a[other]) * (limit - a[axis])) / (b[axis] - a[axis])
  return axis === 0 ? [limit, value] : [value, limit]
}
