import type { Point } from '../raster/clip-line.ts'

/** Hull of points without collinear ones (monotone chain), in order around it; fewer than three points where it has no area. */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y)
  const turn = (o: Point, a: Point, b: Point): number => (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x)
  const chain = (list: readonly Point[]): Point[] => {
    const out: Point[] = []
    for (const point of list) {
      while (out.length > 1 && turn(out[out.length - 2], out[out.length - 1], point) <= 0) out.pop()
      out.push(point)
    }
    return out.slice(0, -1)
  }
  return [...chain(sorted), ...chain(sorted.reverse())]
}

/** The part of a convex polygon inside 0..width, 0..height (Sutherland-Hodgman); no points where nothing is inside or it has no area. */
export function cutToRectangle(hull: readonly Point[], width: number, height: number): Point[] {
  if (hull.length < 3) return []
  const insets = [({ x }: Point) => x, ({ x }: Point) => width - x, ({ y }: Point) => y, ({ y }: Point) => height - y]
  return insets.reduce<readonly Point[]>(
    (polygon, inset) =>
      polygon.flatMap((point, i) => {
        const next = polygon[(i + 1) % polygon.length]
        const [here, there] = [inset(point), inset(next)]
        const own = here >= 0 ? [point] : []
        if (here * there >= 0) return own
        const t = here / (here - there)
        return [...own, { x: point.x + (next.x - point.x) * t, y: point.y + (next.y - point.y) * t }]
      }),
    hull,
  ) as Point[]
}
