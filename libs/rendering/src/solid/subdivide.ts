/**
 * Segments that an edge of a polyline is sampled into: max(floor(length / spacing), 2) points, both ends included, so that the segments are
 * a little longer than `spacing` (Cosmos-Drive-Dreams, minimap_utils.py).
 */
export function segmentsOf(length: number, spacing: number): number {
  return Math.max(Math.floor(length / spacing), 2) - 1
}

/** The points of a closed ring (3n metres) sampled so along each edge, the last one included; every point once. */
export function sampleRing(ring: ArrayLike<number>, spacing: number): Float64Array {
  const points: number[] = []
  const n = Math.floor(ring.length / 3)
  for (let i = 0; i < n; i += 1) {
    const a = i * 3
    const b = ((i + 1) % n) * 3
    const d = [ring[b] - ring[a], ring[b + 1] - ring[a + 1], ring[b + 2] - ring[a + 2]]
    const length = Math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2])
    if (!(length > 0)) continue
    const segments = Math.min(segmentsOf(length, spacing), mostSegments)
    for (let k = 0; k < segments; k += 1) {
      const t = k / segments
      points.push(ring[a] + d[0] * t, ring[a + 1] + d[1] * t, ring[a + 2] + d[2] * t)
    }
  }
  return Float64Array.from(points)
}

/** An area's edge of more samples than this is no road furniture; it is sampled less densely, so that no input takes all memory. */
const mostSegments = 1000
