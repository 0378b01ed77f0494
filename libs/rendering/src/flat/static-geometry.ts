import type { MapElement, Polyline, Scenario, Vec3 } from '@virga/scenario'
import { type HullKind, hullKinds, type LineKind, lineKinds, mapLayers, mapLineThickness, samplesOf } from './palette.ts'
import { packEdge, wordsPerEdge } from './edge.ts'

/** Edges that are culled together: at most this many consecutive edges of one polyline. */
const edgesPerChunk = 16

/** All edges of one polyline. */
export interface PolylineEdges {
  readonly first: number
  readonly count: number
}

/** A run of edges of one polyline and a sphere around them, metres in the local frame. */
export interface Chunk {
  readonly line: PolylineEdges
  readonly first: number
  readonly count: number
  readonly centre: Vec3
  readonly radius: number
}

/** What of a scenario never changes, in the local frame: world minus `origin`, so that float32 keeps millimetres. */
export interface StaticGeometry {
  readonly origin: Vec3
  /** 6 values per edge: both ends, metres. */
  readonly ends: Float64Array
  /** Samples per edge, both ends included. */
  readonly samples: Uint32Array
  /** The same edges as the GPU reads them. */
  readonly packed: ArrayBuffer
  readonly edgeCount: number
  /** In file order. */
  readonly chunks: Readonly<Record<LineKind, readonly Chunk[]>>
  /** 3n metres each, in file order. */
  readonly hulls: Readonly<Record<HullKind, readonly Float64Array[]>>
}

/** Lays out the map's lines and areas once per scenario. Lines that are not painted are left out. */
export function buildStaticGeometry(scenario: Scenario): StaticGeometry {
  const [x = 0, y = 0, z = 0] = scenario.ego.translations
  const origin: Vec3 = [x, y, z]
  const ends: number[] = []
  const samples: number[] = []
  const kinds: LineKind[] = []
  const chunks: Record<LineKind, Chunk[]> = { 'lane-line': [], 'road-boundary': [], 'wait-line': [], pole: [] }
  for (const kind of lineKinds) {
    for (const element of scenario.map) {
      const line = lineOf(element, kind)
      if (line === undefined) continue
      const first = samples.length
      for (let i = 3; i + 2 < line.length; i += 3) {
        const a = localVertex(line, i - 3, origin)
        const b = localVertex(line, i, origin)
        ends.push(...a, ...b)
        samples.push(samplesOf(kind, Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2])))
        kinds.push(kind)
      }
      const whole = { first, count: samples.length - first }
      for (let at = first; at < samples.length; at += edgesPerChunk) {
        chunks[kind].push(chunkOf(ends, whole, at, Math.min(edgesPerChunk, samples.length - at)))
      }
    }
  }
  const packed = new ArrayBuffer(samples.length * wordsPerEdge * 4)
  samples.forEach((n, i) => {
    const kind = kinds[i]
    packEdge(packed, i, ends, i * 6, { samples: n, rgb: mapLayers[kind].rgb, thickness: mapLineThickness })
  })
  const hulls = Object.fromEntries(hullKinds.map((kind) => [kind, hullsOf(scenario.map, kind, origin)])) as Record<HullKind, Float64Array[]>
  return { origin, ends: Float64Array.from(ends), samples: Uint32Array.from(samples), packed, edgeCount: samples.length, chunks, hulls }
}

function lineOf(element: MapElement, kind: LineKind): Polyline | undefined {
  if (element.kind !== kind) return undefined
  return element.kind === 'lane-line' && element.pattern === 'none' ? undefined : element.line
}

function hullsOf(map: readonly MapElement[], kind: HullKind, origin: Vec3): Float64Array[] {
  const rings: Float64Array[] = []
  for (const element of map) {
    if (element.kind !== kind) continue
    const ring = 'ring' in element ? element.ring : element.corners
    const local = new Float64Array(ring.length)
    for (let i = 0; i < ring.length; i += 1) local[i] = ring[i] - origin[i % 3]
    rings.push(local)
  }
  return rings
}

function localVertex(line: Polyline, at: number, origin: Vec3): Vec3 {
  return [line[at] - origin[0], line[at + 1] - origin[1], line[at + 2] - origin[2]]
}

function chunkOf(ends: readonly number[], line: PolylineEdges, first: number, count: number): Chunk {
  const low = [Infinity, Infinity, Infinity]
  const high = [-Infinity, -Infinity, -Infinity]
  for (let i = first * 6; i < (first + count) * 6; i += 1) {
    const axis = i % 3
    low[axis] = Math.min(low[axis], ends[i])
    high[axis] = Math.max(high[axis], ends[i])
  }
  const centre: Vec3 = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2]
  return { line, first, count, centre, radius: Math.hypot(high[0] - low[0], high[1] - low[1], high[2] - low[2]) / 2 }
}
