import type { Vec3 } from '@virga/scenario'

export type Triangle = readonly [Vec3, Vec3, Vec3]

/** Twice the signed area of a triangle seen from above. */
const turn = (a: Vec3, b: Vec3, c: Vec3): number => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

/** A simple polygon as triangles on its own corners, by cutting ears in the ground plane: concave shapes stay concave. */
export function cutEars(ring: readonly Vec3[]): Triangle[] {
  const area = ring.reduce((sum, point, i) => {
    const next = ring[(i + 1) % ring.length]
    return sum + point[0] * next[1] - next[0] * point[1]
  }, 0)
  const left = area > 0 ? [...ring] : [...ring].reverse()
  const out: Triangle[] = []
  while (left.length > 2) {
    const n = left.length
    const at = (i: number): Vec3 => left[(i + n) % n]
    const flat = left.findIndex((_, i) => Math.abs(turn(at(i - 1), at(i), at(i + 1))) < 1e-12)
    const ear = left.findIndex((_, i) => {
      const [a, b, c] = [at(i - 1), at(i), at(i + 1)]
      const holds = (p: Vec3): boolean => p !== a && p !== b && p !== c && turn(a, b, p) >= 0 && turn(b, c, p) >= 0 && turn(c, a, p) >= 0
      return turn(a, b, c) > 1e-12 && !left.some(holds)
    })
    const index = ear >= 0 ? ear : Math.max(flat, 0)
    if (ear >= 0) out.push([at(index - 1), at(index), at(index + 1)])
    left.splice(index, 1)
  }
  return out
}

/**
 * The constrained Delaunay triangulation of a simple polygon: its ears, then every diagonal turned whose quadrilateral is the better for it (Lawson
 * 1977), which leaves the outline as it is.
 */
export function constrainedDelaunay(ring: readonly Vec3[]): Triangle[] {
  const triangles = cutEars(ring)
  for (let turned = true; turned;) {
    turned = false
    for (let i = 0; i < triangles.length; i++) {
      for (let j = i + 1; j < triangles.length; j++) {
        const pair = turnedDiagonal(triangles[i], triangles[j])
        if (pair === undefined) continue
        ;[triangles[i], triangles[j]] = pair
        turned = true
      }
    }
  }
  return triangles
}

/** Two neighbours with their common edge turned, where the far corner of one lies within the circle of the other. */
function turnedDiagonal(first: Triangle, second: Triangle): [Triangle, Triangle] | undefined {
  const [far] = second.filter((corner) => !first.includes(corner))
  const apex = first.findIndex((corner) => !second.includes(corner))
  if (second.filter((corner) => first.includes(corner)).length !== 2 || apex < 0) return undefined
  const [a, b, c] = [first[apex], first[(apex + 1) % 3], first[(apex + 2) % 3]]
  // A margin keeps four corners on one circle from being turned for ever.
  if (circle([a, b, c], far) <= 1e-9 || turn(a, b, far) <= 1e-12 || turn(a, far, c) <= 1e-12) return undefined
  return [
    [a, b, far],
    [a, far, c],
  ]
}

/** The Delaunay triangulation of points in the ground plane (Bowyer 1981, Watson 1981): fills their convex hull. */
export function delaunay(points: readonly Vec3[]): Triangle[] {
  const span = Math.max(...points.flatMap(([x, y]) => [Math.abs(x), Math.abs(y)]), 1) * 1e3
  const outer: Triangle = [
    [-span, -span, 0],
    [span, -span, 0],
    [0, span, 0],
  ]
  let triangles: Triangle[] = [outer]
  for (const point of points) {
    const bad = triangles.filter((triangle) => circle(triangle, point) > 0)
    const edges = bad.flatMap(([a, b, c]): [Vec3, Vec3][] => [
      [a, b],
      [b, c],
      [c, a],
    ])
    const rim = edges.filter(([a, b]) => !edges.some(([c, d]) => c === b && d === a))
    triangles = [...triangles.filter((triangle) => !bad.includes(triangle)), ...rim.map(([a, b]): Triangle => [a, b, point])]
  }
  return triangles.filter((triangle) => !triangle.some((corner) => outer.includes(corner)) && turn(...triangle) > 1e-9)
}

/** Above 0 where a point lies within the circle through the corners (anticlockwise) of a triangle. */
function circle([a, b, c]: Triangle, p: Vec3): number {
  const [ax, ay, bx, by, cx, cy] = [a[0] - p[0], a[1] - p[1], b[0] - p[0], b[1] - p[1], c[0] - p[0], c[1] - p[1]]
  const [aa, bb, cc] = [ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy]
  return aa * (bx * cy - by * cx) - bb * (ax * cy - ay * cx) + cc * (ax * by - ay * bx)
}
