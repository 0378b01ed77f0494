import type { Projector } from '../camera/projector.ts'

/**
 * Metres around the camera outside of which nothing is sampled. Beyond a style's far distance lines are black; they still cover what lies
 * under them, as upstream, but so far away they are squeezed into the horizon.
 */
export const horizon = 400

/** Pixels from the picture's corner beyond which a point counts as having no place: nothing there matters to the picture. */
const farthestPixel = 1 << 24

/** Samples of one polyline, in camera coordinates and whole pixels. Fields are parallel arrays, `count` entries long. */
export class SampleRun {
  count = 0
  x = new Float64Array(1024)
  y = new Float64Array(1024)
  z = new Float64Array(1024)
  /** Rounded to whole pixels; NaN where the camera model has no place for the point. */
  u = new Float64Array(1024)
  v = new Float64Array(1024)
  /** 1 where a piece leads from the sample before to this one. */
  joined = new Uint8Array(1024)
  readonly #projector: Projector
  readonly #width: number
  readonly #height: number
  #margin = 0
  // Whole pixels of the samples of the edge at hand, as far as they have been asked for.
  #placedU = new Float64Array(256)
  #placedV = new Float64Array(256)
  #from = 0
  #pieces = 1
  // Start and extent of the edge at hand, camera frame.
  #ax = 0
  #ay = 0
  #az = 0
  #dx = 0
  #dy = 0
  #dz = 0

  constructor(projector: Projector, width: number, height: number) {
    this.#projector = projector
    this.#width = width
    this.#height = height
  }

  /** Starts a polyline of a thickness in pixels. */
  begin(thickness: number): void {
    this.count = 0
    this.#margin = Math.ceil(thickness / 2) + 4
  }

  /**
   * Appends the samples of the edge from ends[at] to ends[at + 3] that lie within the horizon. Stretches out of sight leave a gap, runs of
   * samples on one pixel are shortened to their first and last two.
   *
   * @param m world_to_camera, row-major
   * @param pieces at least 1; so samples less one
   * @param joined whether the edge goes on where the last one ended
   */
  addEdge(m: Float64Array, ends: Float64Array, at: number, pieces: number, joined: boolean): void {
    const [x0, y0, z0] = [ends[at], ends[at + 1], ends[at + 2]]
    const [x1, y1, z1] = [ends[at + 3], ends[at + 4], ends[at + 5]]
    this.#ax = m[0] * x0 + m[1] * y0 + m[2] * z0 + m[3]
    this.#ay = m[4] * x0 + m[5] * y0 + m[6] * z0 + m[7]
    this.#az = m[8] * x0 + m[9] * y0 + m[10] * z0 + m[11]
    this.#dx = m[0] * x1 + m[1] * y1 + m[2] * z1 + m[3] - this.#ax
    this.#dy = m[4] * x1 + m[5] * y1 + m[6] * z1 + m[7] - this.#ay
    this.#dz = m[8] * x1 + m[9] * y1 + m[10] * z1 + m[11] - this.#az
    let from = 0
    let to = pieces
    if (pieces > 1) {
      const [near, farther] = this.#withinHorizon()
      from = Math.max(Math.floor(near * pieces), 0)
      to = Math.min(Math.ceil(farther * pieces), pieces)
      if (!(from < to)) return
    }
    this.#from = from
    this.#pieces = pieces
    const count = to - from
    if (this.#placedU.length <= count) {
      this.#placedU = new Float64Array(count * 2)
      this.#placedV = new Float64Array(count * 2)
    }
    this.#place(0)
    this.#place(count)
    this.#push(0, joined && from === 0 && this.count > 0 ? 1 : 0)
    this.#visit(0, count)
  }

  /** Appends the samples after `a` up to `b`, both placed, halving the stretch between them as long as it matters. */
  #visit(a: number, b: number): void {
    const [ua, va, ub, vb] = [this.#placedU[a], this.#placedV[a], this.#placedU[b], this.#placedV[b]]
    const za = this.#depth(a)
    const zb = this.#depth(b)
    if (za < 0 && zb < 0) {
      this.#push(b, 0)
      return
    }
    if (b - a === 1) {
      this.#push(b, 1)
      return
    }
    if (ua === ub && va === vb && za >= 0 && zb >= 0) {
      // All pieces in between are dots on this pixel; the last one lies on top.
      this.#placedU[b - 1] = ua
      this.#placedV[b - 1] = va
      this.#push(b - 1, 1)
      this.#push(b, 1)
      return
    }
    const middle = (a + b) >> 1
    this.#place(middle)
    if (za >= 0 && zb >= 0 && this.#isOutside(ua, va, ub, vb, this.#placedU[middle], this.#placedV[middle])) {
      this.#push(b, 0)
      return
    }
    this.#visit(a, middle)
    this.#visit(middle, b)
  }

  /**
   * Whether the stretch from a through c to b stays outside one side of the picture: by the line's reach and twice what c bulges out of the
   * chord. NaN (a point without place) compares false: such a stretch is halved.
   */
  #isOutside(ua: number, va: number, ub: number, vb: number, uc: number, vc: number): boolean {
    const length = Math.sqrt((ub - ua) * (ub - ua) + (vb - va) * (vb - va))
    const bulge = length > 0 ? Math.abs((ub - ua) * (vc - va) - (vb - va) * (uc - ua)) / length : 0
    const low = -this.#margin - 2 * bulge
    const right = this.#width - low
    const bottom = this.#height - low
    return (
      (ua < low && ub < low && uc < low) ||
      (ua > right && ub > right && uc > right) ||
      (va < low && vb < low && vc < low) ||
      (va > bottom && vb > bottom && vc > bottom)
    )
  }

  #depth(sample: number): number {
    return this.#az + (this.#dz * (this.#from + sample)) / this.#pieces
  }

  #place(sample: number): void {
    const t = (this.#from + sample) / this.#pieces
    this.#projector.project(this.#ax + this.#dx * t, this.#ay + this.#dy * t, this.#az + this.#dz * t)
    const u = Math.round(this.#projector.u)
    const v = Math.round(this.#projector.v)
    const placed = Math.abs(u) <= farthestPixel && Math.abs(v) <= farthestPixel
    this.#placedU[sample] = placed ? u : NaN
    this.#placedV[sample] = placed ? v : NaN
  }

  #push(sample: number, joined: 0 | 1): void {
    const i = this.count
    if (i === this.x.length) this.#grow()
    const t = (this.#from + sample) / this.#pieces
    this.x[i] = this.#ax + this.#dx * t
    this.y[i] = this.#ay + this.#dy * t
    this.z[i] = this.#az + this.#dz * t
    this.u[i] = this.#placedU[sample]
    this.v[i] = this.#placedV[sample]
    this.joined[i] = joined
    this.count = i + 1
  }

  /** The part of the edge inside the horizon's sphere, as shares of it; NaN or reversed when there is none. */
  #withinHorizon(): [number, number] {
    const a = this.#dx ** 2 + this.#dy ** 2 + this.#dz ** 2
    const b = this.#ax * this.#dx + this.#ay * this.#dy + this.#az * this.#dz
    const c = this.#ax ** 2 + this.#ay ** 2 + this.#az ** 2 - horizon ** 2
    if (c <= 0 && a + 2 * b + c <= 0) return [0, 1]
    const root = Math.sqrt(b * b - a * c)
    return [(-b - root) / a, (-b + root) / a]
  }

  #grow(): void {
    const longer = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const array = new Float64Array(old.length * 2)
      array.set(old)
      return array
    }
    for (const field of ['x', 'y', 'z', 'u', 'v'] as const) this[field] = longer(this[field])
    const flags = new Uint8Array(this.x.length)
    flags.set(this.joined)
    this.joined = flags
  }
}
