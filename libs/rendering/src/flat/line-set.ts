import type { MapElement, Polyline, Vec3 } from '@virga/scenario'
import type { LineLayer } from './description.ts'

/** A run of edges and a sphere around them, metres in the local frame. */
export interface Chunk {
  readonly first: number
  readonly count: number
  readonly centre: Vec3
  readonly radius: number
}

/** All edges of one polyline, in pieces that are culled together. */
export interface ChunkedLine extends Chunk {
  readonly chunks: readonly Chunk[]
}

/** The polylines of one layer in file order, in the local frame. */
export interface LineSet {
  /** Six values per edge: both ends, metres. */
  readonly ends: Float64Array
  /** Pieces per edge, at least 1; so samples less one. */
  readonly pieces: Float64Array
  readonly lines: readonly ChunkedLine[]
}

/** Edges in a chunk at most. */
const edgesPerChunk = 16

/** Lays out a layer's lines once per scenario. Lines that are not painted are left out, and so are vertices that are not finite. */
export function buildLineSet(map: readonly MapElement[], { of, spacing }: LineLayer, origin: Vec3): LineSet {
  const ends: number[] = []
  const pieces: number[] = []
  const lines: ChunkedLine[] = []
  for (const element of map) {
    const line = lineOf(element, of)
    if (line === undefined) continue
    const first = pieces.length
    for (let i = 3; i + 2 < line.length; i += 3) {
      const edge = [-3, -2, -1, 0, 1, 2].map((k) => line[i + k] - origin[(k + 3) % 3])
      if (!edge.every(Number.isFinite)) continue
      const length = Math.hypot(edge[3] - edge[0], edge[4] - edge[1], edge[5] - edge[2])
      ends.push(...edge)
      pieces.push(spacing === undefined ? 1 : Math.max(Math.floor(length / spacing), 2) - 1)
    }
    if (pieces.length === first) continue
    const chunks: Chunk[] = []
    for (let at = first; at < pieces.length; at += edgesPerChunk) {
      chunks.push(chunkOf(ends, at, Math.min(edgesPerChunk, pieces.length - at)))
    }
    lines.push({ ...chunkOf(ends, first, pieces.length - first), chunks })
  }
  return { ends: Float64Array.from(ends), pieces: Float64Array.from(pieces), lines }
}

function lineOf(element: MapElement, kind: LineLayer['of']): Polyline | undefined {
  if (element.kind !== kind) return undefined
  return element.kind === 'lane-line' && element.pattern === 'none' ? undefined : element.line
}

function chunkOf(ends: readonly number[], first: number, count: number): Chunk {
  const low = [Infinity, Infinity, Infinity]
  const high = [-Infinity, -Infinity, -Infinity]
  for (let i = first * 6; i < (first + count) * 6; i += 1) {
    const axis = i % 3
    low[axis] = Math.min(low[axis], ends[i])
    high[axis] = Math.max(high[axis], ends[i])
  }
  const centre: Vec3 = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2]
  return { first, count, centre, radius: Math.hypot(high[0] - low[0], high[1] - low[1], high[2] - low[2]) / 2 }
}
