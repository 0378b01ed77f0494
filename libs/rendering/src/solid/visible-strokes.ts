import type { View } from '../camera/view.ts'
import type { SolidDescription } from './description.ts'
import type { Lens } from './lens.ts'
import type { StrokeMesh } from './stroke-mesh.ts'
import { type Chunk, endsRun, startsRun, type StrokeLine, type StrokeSet } from './stroke-set.ts'

/** How far (pixels) a piece may lie from the lens's curve. */
const chordTolerance = 0.01
/** How wrong the depth half way along a piece may be: metres, and pixels' worth of the piece's own slope. */
const depthTolerance = 0.1
const depthTolerancePixels = 0.25
/** Metres in front of the camera plane at which planar lenses stop projecting. */
export const planarNear = 0.01

/**
 * Puts the lines of a set that can be seen into a mesh.
 *
 * Upstream projects every sample of a line, 5 to 80 cm apart. Here an edge is halved at those samples until a piece is straight in the
 * picture and its depth linear, within a fraction of a pixel; halves outside the picture are dropped whole.
 */
export class VisibleStrokes {
  readonly #set: StrokeSet
  readonly #mesh: StrokeMesh
  readonly #lens: Lens
  readonly #width: number
  readonly #height: number
  readonly #far: number
  /** Samples behind the camera plane that are drawn up to. */
  readonly #reach: number
  /** The edge at hand, camera coordinates: start and direction. */
  #px = 0
  #py = 0
  #pz = 0
  #dx = 0
  #dy = 0
  #dz = 0
  #steps = 1
  /** Pixels around the picture that a line's width reaches into it. */
  #margin = 0
  /** The mesh ends where the edge at hand goes on. */
  #joined = false
  /** The mesh's first point begins a painted run. */
  #capStart = false
  /** The mesh's last point ends a painted run, and the next run may begin where it ends to the eye. */
  #ended = false

  /** @param behind what becomes of a sampled segment with one end behind the camera: a planar lens drops it either way */
  constructor(
    set: StrokeSet,
    mesh: StrokeMesh,
    lens: Lens,
    picture: { width: number; height: number },
    { far, behind }: Pick<SolidDescription, 'far' | 'behind'>,
  ) {
    this.#set = set
    this.#mesh = mesh
    this.#lens = lens
    this.#width = picture.width
    this.#height = picture.height
    this.#far = far
    this.#reach = behind === 'clip' && !lens.planar ? 1 : 0
  }

  append(line: StrokeLine, view: View): void {
    this.#margin = line.width + 2
    this.#joined = false
    this.#ended = false
    this.#mesh.begin(line.colour, line.width)
    for (const chunk of line.chunks) {
      if (!isInSight(chunk, view, this.#far)) {
        this.#flush(false)
        continue
      }
      for (let edge = chunk.first; edge < chunk.first + chunk.count; edge += 1) this.#edge(edge, view.world_to_camera)
    }
    this.#flush(false)
  }

  #flush(capEnd: boolean): void {
    if (!this.#mesh.isEmpty) this.#mesh.end(this.#capStart, capEnd || this.#ended)
    this.#joined = false
    this.#ended = false
    this.#capStart = false
  }

  #edge(edge: number, m: ArrayLike<number>): void {
    const { ends, steps, flags } = this.#set
    const at = edge * 6
    const [ax, ay, az] = [ends[at], ends[at + 1], ends[at + 2]]
    const [ex, ey, ez] = [ends[at + 3] - ax, ends[at + 4] - ay, ends[at + 5] - az]
    this.#px = m[0] * ax + m[1] * ay + m[2] * az + m[3]
    this.#py = m[4] * ax + m[5] * ay + m[6] * az + m[7]
    this.#pz = m[8] * ax + m[9] * ay + m[10] * az + m[11]
    this.#dx = m[0] * ex + m[1] * ey + m[2] * ez
    this.#dy = m[4] * ex + m[5] * ey + m[6] * ez
    this.#dz = m[8] * ex + m[9] * ey + m[10] * ez
    this.#steps = steps[edge]
    const starts = (flags[edge] & startsRun) !== 0
    if (starts && !this.#ended) this.#flush(false)
    const near = this.#lens.planar ? planarNear : 0
    // Depth is linear along the edge: the samples between the camera plane and the far plane, and one beyond it.
    const [from, to] = range(this.#pz, this.#dz, this.#steps, near, this.#far, this.#reach)
    if (to <= from) {
      this.#flush(false)
      return
    }
    if (from > 0) this.#flush(false)
    const lens = this.#lens
    this.#project(from)
    const [fu, fv] = [lens.u, lens.v]
    this.#project(to)
    this.#pending = starts && from === 0
    this.#visit(from, fu, fv, to, lens.u, lens.v)
    if (to < this.#steps) this.#flush(false)
    else if ((flags[edge] & endsRun) !== 0) {
      if (this.#joined) this.#ended = true
      else this.#flush(false)
    }
  }

  /** The next piece, if it is drawn, begins a painted run. */
  #pending = false

  #project(k: number): void {
    const t = k / this.#steps
    this.#lens.project(this.#px + this.#dx * t, this.#py + this.#dy * t, this.#pz + this.#dz * t)
  }

  #depth(k: number): number {
    return this.#pz + (this.#dz * k) / this.#steps
  }

  #visit(from: number, fu: number, fv: number, to: number, tu: number, tv: number): void {
    if (to - from === 1) {
      if (this.#outside(fu, fv, tu, tv, 0)) this.#skip()
      else this.#piece(from, fu, fv, to, tu, tv)
      return
    }
    const middle = (from + to) >> 1
    this.#project(middle)
    const { u, v } = this.#lens
    const [du, dv] = [tu - fu, tv - fv]
    const length = Math.sqrt(du * du + dv * dv)
    const along = length < 1e-6 ? 0 : (du * (u - fu) + dv * (v - fv)) / length
    const across = length < 1e-6 ? Math.hypot(u - fu, v - fv) : Math.abs(du * (v - fv) - dv * (u - fu)) / length
    if (this.#outside(fu, fv, tu, tv, 2 * across) && this.#outside(fu, fv, u, v, 2 * across)) {
      this.#skip()
      return
    }
    const [fd, td] = [this.#depth(from), this.#depth(to)]
    // Depth per pixel of the piece.
    const slope = length < 1e-6 ? 0 : (td - fd) / length
    const error = Math.abs(this.#depth(middle) - fd - slope * along)
    const flatEnough = error <= depthTolerance + depthTolerancePixels * Math.abs(slope)
    if (across <= chordTolerance && (flatEnough || length < 0.5)) {
      this.#piece(from, fu, fv, to, tu, tv)
      return
    }
    this.#visit(from, fu, fv, middle, u, v)
    this.#visit(middle, u, v, to, tu, tv)
  }

  #skip(): void {
    this.#flush(false)
    this.#pending = false
  }

  #piece(from: number, fu: number, fv: number, to: number, tu: number, tv: number): void {
    // A gap between two dashes that is too small to be seen is bridged.
    if (this.#ended && !this.#mesh.reaches(fu, fv)) this.#flush(true)
    this.#ended = false
    if (!this.#joined) this.#capStart = this.#pending
    this.#pending = false
    this.#mesh.add(fu, fv, this.#depth(from))
    this.#mesh.add(tu, tv, this.#depth(to))
    this.#joined = true
  }

  /** Both ends beyond the same side of the picture; what is not a number is never outside. */
  #outside(au: number, av: number, bu: number, bv: number, extra: number): boolean {
    const d = this.#margin + extra
    return (
      (au < -d && bu < -d) ||
      (au > this.#width + d && bu > this.#width + d) ||
      (av < -d && bv < -d) ||
      (av > this.#height + d && bv > this.#height + d)
    )
  }
}

/** Samples 0..steps of an edge whose depth is within the planes, one beyond the far one and `reach` beyond the near one; depth at sample k is z + dz k / steps. */
function range(z: number, dz: number, steps: number, near: number, far: number, reach: number): [number, number] {
  const at = (depth: number): number => ((depth - z) / dz) * steps
  const inside = (k: number): boolean => {
    const depth = z + (dz * k) / steps
    return depth >= near && depth < far
  }
  if (Math.abs(dz) < 1e-9) return inside(0) ? [0, steps] : [0, 0]
  const [nearAt, farAt] = [at(near), at(far)]
  if (dz > 0) return [Math.max(Math.ceil(nearAt) - reach, 0), Math.min(Math.ceil(farAt), steps)]
  return [Math.max(Math.floor(farAt), 0), Math.min(Math.floor(nearAt) + reach, steps)]
}

/** Whether a sphere can be in the picture and nearer than the far plane. */
export function isInSight({ centre, radius }: Pick<Chunk, 'centre' | 'radius'>, view: View, far: number): boolean {
  const m = view.world_to_camera
  const x = m[0] * centre[0] + m[1] * centre[1] + m[2] * centre[2] + m[3]
  const y = m[4] * centre[0] + m[5] * centre[1] + m[6] * centre[2] + m[7]
  const z = m[8] * centre[0] + m[9] * centre[1] + m[10] * centre[2] + m[11]
  if (z + radius < 0 || z - radius > far) return false
  const distance = Math.hypot(x, y, z)
  return distance <= radius || Math.atan2(Math.hypot(x, y), z) - Math.asin(radius / distance) <= view.halfAngle
}
