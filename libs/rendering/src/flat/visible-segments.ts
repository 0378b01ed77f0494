import { project, type Vec3 } from '@virga/scenario'
import { farDepth, type LineKind } from './palette.ts'
import type { Chunk, PolylineEdges, StaticGeometry } from './static-geometry.ts'
import { isInPicture, toCamera, type View } from './view.ts'

/** Instances for the line shader: two words each, the edge and its first and last sample (16 bits each). */
export class SegmentList {
  words = new Uint32Array(1 << 14)
  count = 0

  push(edge: number, from: number, to: number): void {
    if (this.count * 2 === this.words.length) {
      const larger = new Uint32Array(this.words.length * 2)
      larger.set(this.words)
      this.words = larger
    }
    this.words[this.count * 2] = edge
    this.words[this.count * 2 + 1] = from | (to << 16)
    this.count += 1
  }
}

/** How far (pixels) a piece of several samples may lie from the projected line. */
const chordTolerance = 0.25

/** Segments this much (pixels) outside the picture are dropped: half the line thickness, its end cap and rounding. */
const border = 8

/**
 * Lines that reach nearer than 122.5 m go on in black beyond it and cover what lies under them, as upstream; this far they matter to
 * the picture (metres), being squeezed into the horizon.
 */
const blackDepth = 300

/** A sample in camera coordinates and pixels; `u` is NaN where the model does not project it. */
interface Sample {
  readonly p: Vec3
  readonly u: number
  readonly v: number
}

/**
 * Appends the segments of one layer that can be seen, last primitive of the file first (see flat.wgsl.ts for why).
 *
 * Chunks are culled by their spheres. An edge is then halved at its samples: halves outside the picture or behind the camera are dropped
 * whole, what is lit goes down to the style's samples 0.8 m apart, and what is black (beyond 122.5 m) stops as soon as it is
 * straight in the picture.
 */
export function appendVisible(list: SegmentList, geometry: StaticGeometry, kind: LineKind, view: View): void {
  const chunks = geometry.chunks[kind]
  const whole = kind === 'wait-line' || kind === 'pole'
  let line: PolylineEdges | undefined
  let lineIsLit = false
  for (let i = chunks.length - 1; i >= 0; i -= 1) {
    const chunk = chunks[i]
    const nearest = nearestDepth(chunk, view)
    if (nearest === undefined) continue
    if (chunk.line !== line) {
      line = chunk.line
      lineIsLit = nearest <= farDepth || someVertex(geometry, line, view, (p) => p[2] <= farDepth)
    }
    if (!lineIsLit) continue
    // Lines that are not sampled go by their vertices: with none of them in the picture the whole line is left out, as upstream does.
    if (whole && !someVertex(geometry, line, view, (p) => isInPicture(view.camera, p))) continue
    for (let edge = chunk.first + chunk.count - 1; edge >= chunk.first; edge -= 1) appendEdge(list, geometry, edge, view)
  }
}

/** The least depth that a chunk may have, by its sphere; undefined when the sphere is out of sight. */
function nearestDepth({ centre, radius }: Chunk, { world_to_camera, halfAngle }: View): number | undefined {
  const [x, y, z] = toCamera(world_to_camera, centre[0], centre[1], centre[2])
  if (z + radius < 0 || z - radius > blackDepth) return undefined
  const distance = Math.hypot(x, y, z)
  if (distance > radius && Math.atan2(Math.hypot(x, y), z) - Math.asin(radius / distance) > halfAngle) return undefined
  return z - radius
}

function someVertex({ ends }: StaticGeometry, line: PolylineEdges, { world_to_camera }: View, is: (p: Vec3) => boolean): boolean {
  for (let i = line.first * 6; i < (line.first + line.count) * 6; i += 3) {
    if (is(toCamera(world_to_camera, ends[i], ends[i + 1], ends[i + 2]))) return true
  }
  return false
}

function appendEdge(list: SegmentList, { ends, samples }: StaticGeometry, edge: number, view: View): void {
  const { width, height, model } = view.camera
  const m = view.world_to_camera
  const at = edge * 6
  const start = toCamera(m, ends[at], ends[at + 1], ends[at + 2])
  const end = toCamera(m, ends[at + 3], ends[at + 4], ends[at + 5])
  const last = samples[edge] - 1
  const sample = (k: number): Sample => {
    const t = k / last
    const p: Vec3 = [start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t, start[2] + (end[2] - start[2]) * t]
    const { u, v, valid } = project(model, p)
    return valid ? { p, u, v } : { p, u: NaN, v: NaN }
  }
  const outside = (a: Sample, b: Sample, extra: number): boolean => {
    const d = border + extra
    return (
      (a.u < -d && b.u < -d) || (a.u > width + d && b.u > width + d) || (a.v < -d && b.v < -d) || (a.v > height + d && b.v > height + d)
    )
  }
  const visit = (from: number, a: Sample, to: number, b: Sample): void => {
    if (a.p[2] < 0 && b.p[2] < 0) return
    if (to - from === 1) {
      if (isBesideLens(a) && isBesideLens(b)) return
      if (!outside(a, b, 0)) list.push(edge, from, to)
      return
    }
    const middle = (from + to) >> 1
    const c = sample(middle)
    if (isBesideLens(a) && isBesideLens(b) && isBesideLens(c)) return
    // NaN (a sample that does not project) compares false: such a piece is split.
    const deviation = distanceToChord(a, b, c)
    if (outside(a, b, 2 * deviation) && outside(a, c, 2 * deviation)) return
    if (deviation <= chordTolerance && a.p[2] > farDepth && b.p[2] > farDepth) {
      list.push(edge, from, to)
      return
    }
    visit(middle, c, to, b)
    visit(from, a, middle, c)
  }
  visit(0, sample(0), last, sample(last))
}

/** In front of the camera plane, and outside the lens's field of view. */
function isBesideLens({ p, u }: Sample): boolean {
  return p[2] > 0 && Number.isNaN(u)
}

/** Distance in pixels of c from the line through a and b, or from a where they coincide. */
function distanceToChord(a: Sample, b: Sample, c: Sample): number {
  const du = b.u - a.u
  const dv = b.v - a.v
  const length = Math.hypot(du, dv)
  if (length < 1e-6) return Math.hypot(c.u - a.u, c.v - a.v)
  return Math.abs(du * (c.v - a.v) - dv * (c.u - a.u)) / length
}
