/** x, y of n points. */
type Points = ArrayLike<number>

/** Twice the signed area of a triangle, positive counter-clockwise. */
export function turn(p: Points, a: number, b: number, c: number): number {
  return (p[2 * b] - p[2 * a]) * (p[2 * c + 1] - p[2 * a + 1]) - (p[2 * b + 1] - p[2 * a + 1]) * (p[2 * c] - p[2 * a])
}

/**
 * Triangulates a simple polygon, concave or not, by cutting ears (Meisters 1975). A ring that crosses itself still gives triangles on its own
 * vertices, n - 2 of them.
 *
 * @param points 2n values, the ring in either direction, first vertex not repeated
 * @returns counter-clockwise triangles, three vertex numbers each
 */
export function clipEars(points: Points): number[] {
  const n = points.length >> 1
  let area = 0
  for (let i = 0; i < n; i += 1) {
    const j = (i + 1) % n
    area += points[2 * i] * points[2 * j + 1] - points[2 * j] * points[2 * i + 1]
  }
  const ring = Array.from({ length: n }, (_, i) => (area >= 0 ? i : n - 1 - i))
  const triangles: number[] = []
  let at = 0
  let refused = 0
  while (ring.length > 3) {
    const m = ring.length
    const [a, b, c] = [ring[(at + m - 1) % m], ring[at % m], ring[(at + 1) % m]]
    // After a whole round without an ear the ring is degenerate or crosses itself: take what comes.
    if (refused > m || isEar(points, ring, a, b, c)) {
      if (turn(points, a, b, c) > 0) triangles.push(a, b, c)
      ring.splice(at % m, 1)
      refused = 0
      at = at % ring.length
      // Alternate, so that ears do not fan out from one vertex.
      at = (at + 1) % ring.length
    } else {
      at = (at + 1) % m
      refused += 1
    }
  }
  if (ring.length === 3 && turn(points, ring[0], ring[1], ring[2]) > 0) triangles.push(ring[0], ring[1], ring[2])
  return triangles
}

function isEar(points: Points, ring: readonly number[], a: number, b: number, c: number): boolean {
  if (!(turn(points, a, b, c) > 0)) return false
  for (const other of ring) {
    if (other === a || other === b || other === c) continue
    // On the far side (c to a) a vertex may not lie either: the rest of the ring would have no area there.
    if (turn(points, a, b, other) >= 0 && turn(points, b, c, other) >= 0 && turn(points, c, a, other) >= 0) return false
  }
  return true
}
