import { clipEars, turn } from './ear-clipping.ts'

/** Flips are counted: rounding must not make them go round for ever. */
const flipsPerTriangle = 50

/**
 * The constrained Delaunay triangulation of a simple polygon: its ears, then edges inside it flipped until no triangle's circumcircle holds a
 * vertex that it sees (Lawson 1977). Concave shapes stay as they are.
 *
 * @param points 2n values: the ring
 * @returns three vertex numbers per triangle
 */
export function constrainedDelaunay(points: ArrayLike<number>): number[] {
  return flipped(points, clipEars(points))
}

/**
 * The Delaunay triangulation of a set of points: it fills their convex hull.
 *
 * @param points 2n values
 */
export function delaunay(points: ArrayLike<number>): number[] {
  return flipped(points, sweep(points))
}

/** Any triangulation of a set of points: points by x, each joined to the part of the hull that it sees. */
function sweep(points: ArrayLike<number>): number[] {
  const order = Array.from({ length: points.length >> 1 }, (_, i) => i)
  order.sort((a, b) => points[2 * a] - points[2 * b] || points[2 * a + 1] - points[2 * b + 1])
  const distinct = order.filter(
    (p, i) => i === 0 || points[2 * p] !== points[2 * order[i - 1]] || points[2 * p + 1] !== points[2 * order[i - 1] + 1],
  )
  const triangles: number[] = []
  // The hull, counter-clockwise; as long as all points are in one line it is that line, in order.
  let hull: number[] = []
  let inLine = true
  for (const p of distinct) {
    if (inLine) {
      const side = hull.length < 2 ? 0 : turn(points, hull[0], hull[hull.length - 1], p)
      if (side === 0) {
        hull.push(p)
        continue
      }
      for (let i = 0; i + 1 < hull.length; i += 1) triangles.push(...(side > 0 ? [hull[i], hull[i + 1], p] : [hull[i + 1], hull[i], p]))
      hull = side > 0 ? [...hull, p] : [...hull.toReversed(), p]
      inLine = false
      continue
    }
    const m = hull.length
    const seen = hull.map((a, i) => turn(points, a, hull[(i + 1) % m], p) < 0)
    const first = seen.findIndex((is, i) => is && !seen[(i + m - 1) % m])
    if (first < 0) continue
    let last = first
    while (seen[last % m]) {
      triangles.push(hull[(last + 1) % m], hull[last % m], p)
      last += 1
    }
    const kept: number[] = []
    for (let i = last % m; ; i = (i + 1) % m) {
      kept.push(hull[i])
      if (i === first) break
    }
    hull = [...kept, p]
  }
  return triangles
}

/** Flips the edge between two triangles wherever the other diagonal is the Delaunay one. */
function flipped(points: ArrayLike<number>, triangles: number[]): number[] {
  const out = [...triangles]
  const count = out.length / 3
  const sideOf = new Map<string, number>()
  const key = (a: number, b: number): string => `${a} ${b}`
  const enter = (t: number): void => {
    for (let i = 0; i < 3; i += 1) sideOf.set(key(out[t * 3 + i], out[t * 3 + ((i + 1) % 3)]), t)
  }
  for (let t = 0; t < count; t += 1) enter(t)
  const stack = [...sideOf.keys()]
  let left = count * flipsPerTriangle
  while (stack.length > 0 && left > 0) {
    const edge = stack.pop() as string
    const [a, b] = edge.split(' ').map(Number)
    const [one, other] = [sideOf.get(edge), sideOf.get(key(b, a))]
    if (one === undefined || other === undefined) continue
    const c = apex(out, one, a, b)
    const d = apex(out, other, b, a)
    if (!inCircle(points, a, b, c, d)) continue
    // The two triangles must form a convex quadrilateral.
    if (!(turn(points, a, d, c) > 0) || !(turn(points, d, b, c) > 0)) continue
    left -= 1
    sideOf.delete(edge)
    sideOf.delete(key(b, a))
    out.splice(one * 3, 3, a, d, c)
    out.splice(other * 3, 3, d, b, c)
    enter(one)
    enter(other)
    stack.push(key(a, d), key(d, b), key(b, c), key(c, a))
  }
  return out
}

function apex(triangles: readonly number[], t: number, a: number, b: number): number {
  const corners = triangles.slice(t * 3, t * 3 + 3)
  return corners.find((corner) => corner !== a && corner !== b) as number
}

/** Whether d lies inside the circle through the counter-clockwise triangle a, b, c, beyond rounding. */
function inCircle(p: ArrayLike<number>, a: number, b: number, c: number, d: number): boolean {
  const ax = p[2 * a] - p[2 * d]
  const ay = p[2 * a + 1] - p[2 * d + 1]
  const bx = p[2 * b] - p[2 * d]
  const by = p[2 * b + 1] - p[2 * d + 1]
  const cx = p[2 * c] - p[2 * d]
  const cy = p[2 * c + 1] - p[2 * d + 1]
  const [aa, bb, cc] = [ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy]
  const value = ax * (by * cc - bb * cy) - ay * (bx * cc - bb * cx) + aa * (bx * cy - by * cx)
  return value > 1e-9 * (aa + bb + cc)
}
