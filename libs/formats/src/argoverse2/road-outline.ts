import type { DrivableArea, Polyline, RoadBoundary } from '@virga/scenario'

/**
 * The outline of the union of drivable areas, as road boundaries: every edge of an area that no other area shares.
 *
 * A map cuts its drivable surface into areas along straight seams across the road; a ring drawn whole would put a kerb there. Neighbours share
 * the vertices of a seam in x and y (their heights may differ by decimetres), so seams are found exactly. An area without seams gives one closed
 * boundary, which repeats its first vertex at its end.
 */
export function roadOutline(areas: readonly DrivableArea[]): RoadBoundary[] {
  const uses = new Map<string, number>()
  for (const { ring } of areas) {
    for (let i = 0; i < ring.length / 3; i++) uses.set(edgeKey(ring, i), (uses.get(edgeKey(ring, i)) ?? 0) + 1)
  }
  return areas.flatMap(({ id, ring }) => {
    const isSeam = Array.from({ length: ring.length / 3 }, (_, i) => (uses.get(edgeKey(ring, i)) ?? 0) > 1)
    const pieces = piecesBetween(isSeam)
    return pieces.map((vertices, i): RoadBoundary => {
      const name = pieces.length === 1 ? `drivable-area:${id}` : `drivable-area:${id}:${i}`
      return { kind: 'road-boundary', id: name, sourceType: 'drivable_area', line: pick(ring, vertices) }
    })
  })
}

/** Edge i of an open ring goes from vertex i to the next; the key is the same in both directions. */
function edgeKey(ring: Polyline, i: number): string {
  const j = (i + 1) % (ring.length / 3)
  const a = `${ring[3 * i]},${ring[3 * i + 1]}`
  const b = `${ring[3 * j]},${ring[3 * j + 1]}`
  return a < b ? `${a};${b}` : `${b};${a}`
}

/** The vertex lists of the runs of edges that are no seams, around the ring. */
function piecesBetween(isSeam: readonly boolean[]): number[][] {
  const n = isSeam.length
  const firstSeam = isSeam.indexOf(true)
  if (firstSeam < 0) return [Array.from({ length: n + 1 }, (_, i) => i % n)]
  const pieces: number[][] = []
  let piece: number[] = []
  for (let step = 1; step <= n; step++) {
    const edge = (firstSeam + step) % n
    if (isSeam[edge]) {
      if (piece.length > 0) pieces.push(piece)
      piece = []
      continue
    }
    if (piece.length === 0) piece.push(edge)
    piece.push((edge + 1) % n)
  }
  return pieces
}

function pick(ring: Polyline, vertices: readonly number[]): Polyline {
  return Float64Array.from(vertices.flatMap((i) => [ring[3 * i], ring[3 * i + 1], ring[3 * i + 2]]))
}
