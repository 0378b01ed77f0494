import { VirgaError } from '@virga/errors'
import type { Polyline, Vec3 } from '@virga/scenario'
import type { Stroke } from './description.ts'
import { paintedRuns } from './painted-runs.ts'
import { segmentsOf } from './subdivide.ts'

/** This edge begins, or ends, a painted run. */
export const startsRun = 1
export const endsRun = 2

/** Edges that are culled together: those of one line within about this many metres, at most. */
const chunkLength = 40
/** An edge this long (metres) belongs to no road: it is a defect of the data and is left out. */
const longestEdge = 100_000
/** Painted pieces of a scenario, at most: beyond it something is wrong with the map, and memory would go. */
const mostEdges = 1 << 22

/** A run of consecutive edges and a sphere around them. */
export interface Chunk {
  readonly first: number
  readonly count: number
  readonly centre: Vec3
  readonly radius: number
}

/** One painted line: its edges, in order, and how it is drawn. */
export interface StrokeLine {
  /** As `packRgb` gives it. */
  readonly colour: number
  /** Pixels at depth 0. */
  readonly width: number
  readonly chunks: readonly Chunk[]
  /** The source's vertices, 3n metres in the local frame. */
  readonly vertices: Float64Array
}

/** Lines cut into their painted runs, metres in the local frame (world minus a local origin). */
export class StrokeSet {
  readonly lines: StrokeLine[] = []
  /** 6 values per edge: both ends. */
  ends = new Float64Array(6 << 8)
  /** Segments that upstream samples each edge into. */
  steps = new Uint32Array(1 << 8)
  /** `startsRun`, `endsRun`. */
  flags = new Uint8Array(1 << 8)
  edgeCount = 0

  /** Cuts a polyline (world frame) into the runs that `stroke` paints and keeps them. Vertices that are not finite split it. */
  add(line: Polyline, origin: Vec3, spacing: number, { dash, left = 0 }: Stroke, look: { colour: number; width: number }): void {
    for (const vertices of finiteParts(line)) {
      const edges = edgesOf(vertices, spacing, origin)
      if (edges.length === 0) continue
      const first = this.edgeCount
      const segments = edges.map((edge) => edge.segments)
      const runs = paintedRuns(
        segments,
        edges.map((edge) => edge.length),
        dash,
      )
      let at = 0
      let before = 0
      for (const [from, to] of runs) {
        const runStart = this.edgeCount
        while (at < edges.length && before + segments[at] <= from) {
          before += segments[at]
          at += 1
        }
        for (let i = at, start = before; i < edges.length && start < to; start += segments[i], i += 1) {
          this.#append(edges[i], Math.max(from - start, 0), Math.min(to - start, segments[i]), left)
        }
        if (this.edgeCount > runStart) {
          this.flags[runStart] |= startsRun
          this.flags[this.edgeCount - 1] |= endsRun
        }
      }
      if (this.edgeCount > first) this.lines.push({ ...look, vertices: localVertices(vertices, origin), chunks: this.#chunks(first) })
    }
  }

  /** The part of an edge between two places on it, in segments. */
  #append({ a, b, segments, normal }: Edge, from: number, to: number, left: number): void {
    if (!(to > from)) return
    const i = this.edgeCount
    if (i === this.steps.length) this.#grow()
    for (let axis = 0; axis < 3; axis += 1) {
      const shift = axis < 2 ? normal[axis] * left : 0
      this.ends[i * 6 + axis] = a[axis] + ((b[axis] - a[axis]) * from) / segments + shift
      this.ends[i * 6 + 3 + axis] = a[axis] + ((b[axis] - a[axis]) * to) / segments + shift
    }
    this.steps[i] = Math.max(Math.ceil(to - from - 1e-9), 1)
    this.flags[i] = 0
    this.edgeCount += 1
  }

  #grow(): void {
    if (this.edgeCount >= mostEdges) {
      throw new VirgaError('VIRGA_OUT_OF_RANGE', `the map's lines have more than ${mostEdges} painted pieces`, {
        field: 'map',
        expected: `at most ${mostEdges} dashes and edges`,
      })
    }
    const grown = <T extends Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(old: T, larger: T): T => {
      larger.set(old)
      return larger
    }
    this.ends = grown(this.ends, new Float64Array(this.ends.length * 2))
    this.steps = grown(this.steps, new Uint32Array(this.steps.length * 2))
    this.flags = grown(this.flags, new Uint8Array(this.flags.length * 2))
  }

  #chunks(first: number): Chunk[] {
    const chunks: Chunk[] = []
    let start = first
    let length = 0
    for (let i = first; i < this.edgeCount; i += 1) {
      const at = i * 6
      const e = this.ends
      const from = i === start ? at : at - 3
      length += Math.hypot(e[at + 3] - e[from], e[at + 4] - e[from + 1], e[at + 5] - e[from + 2])
      if (length < chunkLength && i + 1 < this.edgeCount) continue
      chunks.push({ first: start, count: i + 1 - start, ...sphereAround(this.ends.subarray(start * 6, (i + 1) * 6)) })
      start = i + 1
      length = 0
    }
    return chunks
  }
}

interface Edge {
  readonly a: Vec3
  readonly b: Vec3
  readonly length: number
  readonly segments: number
  /** To the left, in the ground plane. */
  readonly normal: readonly [number, number]
}

/** Edges of a line in the world frame; ends local. */
function edgesOf(vertices: Float64Array, spacing: number, [x, y, z]: Vec3): Edge[] {
  const edges: Edge[] = []
  for (let i = 3; i + 2 < vertices.length; i += 3) {
    const a: Vec3 = [vertices[i - 3] - x, vertices[i - 2] - y, vertices[i - 1] - z]
    const b: Vec3 = [vertices[i] - x, vertices[i + 1] - y, vertices[i + 2] - z]
    // From the world's own numbers: which whole number of segments an edge is sampled into hangs on the last bit of its length.
    const [dx, dy, dz] = [vertices[i] - vertices[i - 3], vertices[i + 1] - vertices[i - 2], vertices[i + 2] - vertices[i - 1]]
    const length = Math.sqrt(dx * dx + dy * dy + dz * dz)
    if (!(length > 0)) continue
    const ground = Math.hypot(dx, dy)
    const normal = ground > 0 ? ([-dy / ground, dx / ground] as const) : ([0, 0] as const)
    edges.push({ a, b, length, segments: segmentsOf(length, spacing), normal })
  }
  return edges
}

/** 3n metres relative to the local origin. */
export function localVertices(points: Polyline, origin: Vec3): Float64Array {
  const local = new Float64Array(points.length - (points.length % 3))
  for (let i = 0; i < local.length; i += 1) local[i] = points[i] - origin[i % 3]
  return local
}

/** The parts of a line between vertices that are not finite and edges that no road has. */
function* finiteParts(vertices: Float64Array): Generator<Float64Array> {
  let start = 0
  for (let i = 0; i < vertices.length; i += 3) {
    const finite = Number.isFinite(vertices[i] + vertices[i + 1] + vertices[i + 2])
    const near =
      i === start ||
      Math.hypot(vertices[i] - vertices[i - 3], vertices[i + 1] - vertices[i - 2], vertices[i + 2] - vertices[i - 1]) < longestEdge
    if (finite && near) continue
    if (i - start >= 6) yield vertices.subarray(start, i)
    start = finite ? i : i + 3
  }
  if (vertices.length - start >= 6) yield vertices.subarray(start)
}

/** The sphere around the bounding box of points, 3n values. */
export function sphereAround(points: Float64Array): { centre: Vec3; radius: number } {
  const low = [Infinity, Infinity, Infinity]
  const high = [-Infinity, -Infinity, -Infinity]
  for (let i = 0; i < points.length; i += 1) {
    low[i % 3] = Math.min(low[i % 3], points[i])
    high[i % 3] = Math.max(high[i % 3], points[i])
  }
  const centre: Vec3 = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2]
  return { centre, radius: Math.hypot(high[0] - low[0], high[1] - low[1], high[2] - low[2]) / 2 }
}
