import type { RgbImage } from '@virga/scenario'
import type { TriangleList } from './triangle-list.ts'

/** The standard places of four samples in a pixel (Vulkan and Direct3D specify the same), pixels from its top left corner. */
const X0 = 0.375
const X1 = 0.875
const X2 = 0.125
const X3 = 0.625
const Y0 = 0.125
const Y1 = 0.375
const Y2 = 0.625
const Y3 = 0.875

/** What a pixel holds: nothing, four samples of one colour (kept in the first), or samples of several. */
const empty = 0
const even = 1
const mixed = 2

/**
 * Draws triangles as a GPU with four samples a pixel does: each sample has its own depth (float32, LESS, so the first wins), a triangle's colour
 * is taken at the pixel's centre and rounded to 8 bits, depth and colour are linear in the picture, samples are averaged.
 *
 * A plain rasteriser over typed arrays with edge functions (Pineda 1988): per row, pixels wholly inside a triangle skip the tests of their
 * samples. Only touched pixels cost anything, which is what makes it cheaper than a software GPU: a condition is nine tenths black.
 */
export class SampleCanvas {
  readonly width: number
  readonly height: number
  readonly #state: Uint8Array
  /** Four per pixel: red | green << 8 | blue << 16. */
  readonly #colours: Int32Array
  readonly #depths: Float32Array
  /** Pixels touched in each row: first, and last + 1. */
  readonly #from: Int32Array
  readonly #to: Int32Array
  /** Per vertex: x, y (pixels), z, red, green, blue (0..255). */
  #corners = new Float64Array(6 << 10)

  constructor(width: number, height: number) {
    this.width = width
    this.height = height
    this.#state = new Uint8Array(width * height)
    this.#colours = new Int32Array(width * height * 4)
    this.#depths = new Float32Array(width * height * 4)
    this.#from = new Int32Array(height)
    this.#to = new Int32Array(height)
  }

  /** The picture of a list of triangles, drawn in order on black. */
  draw(list: TriangleList): RgbImage {
    this.#state.fill(empty)
    this.#from.fill(this.width)
    this.#to.fill(0)
    this.#load(list)
    const indices = new Uint32Array(list.indices, 0, list.indexCount)
    for (let i = 0; i < indices.length; i += 3) this.#triangle(indices[i] * 6, indices[i + 1] * 6, indices[i + 2] * 6)
    return this.#average()
  }

  /** Vertices from clip space to pixels, and their colours faded by depth. */
  #load(list: TriangleList): void {
    const n = list.vertexCount
    if (n * 6 > this.#corners.length) this.#corners = new Float64Array(n * 12)
    const floats = new Float32Array(list.vertices)
    const words = new Uint32Array(list.vertices)
    const corners = this.#corners
    const [halfWidth, halfHeight] = [this.width / 2, this.height / 2]
    for (let i = 0; i < n; i += 1) {
      const z = floats[4 * i + 2]
      const colour = words[4 * i + 3]
      const fade = Math.min(Math.max(1 - z, 0), 1)
      corners[6 * i] = (floats[4 * i] + 1) * halfWidth
      corners[6 * i + 1] = (1 - floats[4 * i + 1]) * halfHeight
      corners[6 * i + 2] = z
      corners[6 * i + 3] = (colour & 255) * fade
      corners[6 * i + 4] = ((colour >>> 8) & 255) * fade
      corners[6 * i + 5] = ((colour >>> 16) & 255) * fade
    }
  }

  #triangle(a: number, second: number, third: number): void {
    const v = this.#corners
    const signed = (v[second] - v[a]) * (v[third + 1] - v[a + 1]) - (v[second + 1] - v[a + 1]) * (v[third] - v[a])
    // Also leaves out what is not a number.
    if (!(Math.abs(signed) > 1e-9)) return
    const b = signed > 0 ? second : third
    const c = signed > 0 ? third : second
    const area = Math.abs(signed)
    const ax = v[a]
    const ay = v[a + 1]
    const bx = v[b]
    const by = v[b + 1]
    const cx = v[c]
    const cy = v[c + 1]
    const first = Math.max(Math.floor(Math.min(ay, by, cy)), 0)
    const last = Math.min(Math.ceil(Math.max(ay, by, cy)), this.height)
    if (first >= last) return
    // Whole numbers are told as such, which loops over them are faster for.
    const top = first | 0
    const bottom = last | 0

    // Edge functions, not negative inside: e(x, y) = i x + j y + k.
    const i0 = by - cy
    const j0 = cx - bx
    const i1 = cy - ay
    const j1 = ax - cx
    const i2 = ay - by
    const j2 = bx - ax
    const k0 = -(i0 * bx + j0 * by) - tieBias(i0, j0)
    const k1 = -(i1 * cx + j1 * cy) - tieBias(i1, j1)
    const k2 = -(i2 * ax + j2 * ay) - tieBias(i2, j2)

    // A value that is fa, fb, fc at the corners: f(x, y) = fx x + fy y + f0, from the edge functions as weights.
    const inverse = 1 / area
    const az = v[a + 2]
    const bz = v[b + 2]
    const cz = v[c + 2]
    const zx = (i1 * (bz - az) + i2 * (cz - az)) * inverse
    const zy = (j1 * (bz - az) + j2 * (cz - az)) * inverse
    const clips = az < 0 || bz < 0 || cz < 0
    const ar = v[a + 3]
    const ag = v[a + 4]
    const ab = v[a + 5]
    const rx = (i1 * (v[b + 3] - ar) + i2 * (v[c + 3] - ar)) * inverse
    const ry = (j1 * (v[b + 3] - ar) + j2 * (v[c + 3] - ar)) * inverse
    const gx = (i1 * (v[b + 4] - ag) + i2 * (v[c + 4] - ag)) * inverse
    const gy = (j1 * (v[b + 4] - ag) + j2 * (v[c + 4] - ag)) * inverse
    const lx = (i1 * (v[b + 5] - ab) + i2 * (v[c + 5] - ab)) * inverse
    const ly = (j1 * (v[b + 5] - ab) + j2 * (v[c + 5] - ab)) * inverse

    const state = this.#state
    const colours = this.#colours
    const depths = this.#depths
    const touchedFrom = this.#from
    const touchedTo = this.#to
    const { width } = this
    const low = Math.max(Math.floor(Math.min(ax, bx, cx)), 0)
    const high = Math.min(Math.ceil(Math.max(ax, bx, cx)), width)
    if (low >= high) return

    // What each edge function adds from a pixel's corner to its samples, and how far that goes up and down.
    const a0 = i0 * X0 + j0 * Y0
    const a1 = i0 * X1 + j0 * Y1
    const a2 = i0 * X2 + j0 * Y2
    const a3 = i0 * X3 + j0 * Y3
    const b0 = i1 * X0 + j1 * Y0
    const b1 = i1 * X1 + j1 * Y1
    const b2 = i1 * X2 + j1 * Y2
    const b3 = i1 * X3 + j1 * Y3
    const c0 = i2 * X0 + j2 * Y0
    const c1 = i2 * X1 + j2 * Y1
    const c2 = i2 * X2 + j2 * Y2
    const c3 = i2 * X3 + j2 * Y3
    const high0 = Math.max(a0, a1, a2, a3)
    const high1 = Math.max(b0, b1, b2, b3)
    const high2 = Math.max(c0, c1, c2, c3)
    const low0 = Math.min(a0, a1, a2, a3)
    const low1 = Math.min(b0, b1, b2, b3)
    const low2 = Math.min(c0, c1, c2, c3)
    const dz0 = zx * X0 + zy * Y0
    const dz1 = zx * X1 + zy * Y1
    const dz2 = zx * X2 + zy * Y2
    const dz3 = zx * X3 + zy * Y3

    // Along a row an edge is crossed at x = cross + slope y: where its first sample comes in, and (whole) its last.
    const slope0 = -j0 / i0
    const slope1 = -j1 / i1
    const slope2 = -j2 / i2
    const cross0 = -(k0 + high0) / i0
    const cross1 = -(k1 + high1) / i1
    const cross2 = -(k2 + high2) / i2
    const whole0 = -(k0 + low0) / i0
    const whole1 = -(k1 + low1) / i1
    const whole2 = -(k2 + low2) / i2

    for (let y = top; y < bottom; y += 1) {
      // Pixels of the row that have a sample inside, and those that have all of them inside.
      let from = low
      let to = high - 1
      let wholeFrom = low
      let wholeTo = high - 1
      if (i0 > 0) {
        const x = cross0 + slope0 * y
        const w = whole0 + slope0 * y
        if (x > from) from = x
        if (w > wholeFrom) wholeFrom = w
      } else if (i0 < 0) {
        const x = cross0 + slope0 * y
        const w = whole0 + slope0 * y
        if (x < to) to = x
        if (w < wholeTo) wholeTo = w
      } else {
        if (j0 * y + k0 + high0 < 0) continue
        if (j0 * y + k0 + low0 < 0) wholeTo = -1
      }
      if (i1 > 0) {
        const x = cross1 + slope1 * y
        const w = whole1 + slope1 * y
        if (x > from) from = x
        if (w > wholeFrom) wholeFrom = w
      } else if (i1 < 0) {
        const x = cross1 + slope1 * y
        const w = whole1 + slope1 * y
        if (x < to) to = x
        if (w < wholeTo) wholeTo = w
      } else {
        if (j1 * y + k1 + high1 < 0) continue
        if (j1 * y + k1 + low1 < 0) wholeTo = -1
      }
      if (i2 > 0) {
        const x = cross2 + slope2 * y
        const w = whole2 + slope2 * y
        if (x > from) from = x
        if (w > wholeFrom) wholeFrom = w
      } else if (i2 < 0) {
        const x = cross2 + slope2 * y
        const w = whole2 + slope2 * y
        if (x < to) to = x
        if (w < wholeTo) wholeTo = w
      } else {
        if (j2 * y + k2 + high2 < 0) continue
        if (j2 * y + k2 + low2 < 0) wholeTo = -1
      }
      if (from > to) continue
      const start = Math.ceil(from) | 0
      const end = (Math.floor(to) | 0) + 1
      if (start >= end) continue
      // A hair inside, so that a sample on the edge is always looked at.
      const wholeStart = wholeFrom >= end ? end : Math.ceil(wholeFrom + 1e-6) | 0
      const wholeEnd = wholeTo < start ? start : (Math.floor(wholeTo - 1e-6) | 0) + 1
      const e0 = j0 * y + k0
      const e1 = j1 * y + k1
      const e2 = j2 * y + k2
      if (start < touchedFrom[y]) touchedFrom[y] = start
      if (end > touchedTo[y]) touchedTo[y] = end

      const row = y * width
      const zRow = az + zy * (y - ay) - zx * ax
      const rRow = ar + ry * (y + 0.5 - ay) + rx * (0.5 - ax) + 0.5
      const gRow = ag + gy * (y + 0.5 - ay) + gx * (0.5 - ax) + 0.5
      const lRow = ab + ly * (y + 0.5 - ay) + lx * (0.5 - ax) + 0.5
      for (let x = start; x < end; x += 1) {
        let covered = 15
        if (x < wholeStart || x >= wholeEnd) {
          const f0 = e0 + i0 * x
          const f1 = e1 + i1 * x
          const f2 = e2 + i2 * x
          if (f0 + a0 < 0 || f1 + b0 < 0 || f2 + c0 < 0) covered = 14
          if (f0 + a1 < 0 || f1 + b1 < 0 || f2 + c1 < 0) covered &= 13
          if (f0 + a2 < 0 || f1 + b2 < 0 || f2 + c2 < 0) covered &= 11
          if (f0 + a3 < 0 || f1 + b3 < 0 || f2 + c3 < 0) covered &= 7
          if (covered === 0) continue
        }
        const p = row + x
        const at = p * 4
        const z = zRow + zx * x
        const z0 = Math.fround(z + dz0)
        const z1 = Math.fround(z + dz1)
        const z2 = Math.fround(z + dz2)
        const z3 = Math.fround(z + dz3)
        if (state[p] === empty) {
          depths[at] = depths[at + 1] = depths[at + 2] = depths[at + 3] = 1
        }
        if (!(z0 < depths[at])) covered &= 14
        if (!(z1 < depths[at + 1])) covered &= 13
        if (!(z2 < depths[at + 2])) covered &= 11
        if (!(z3 < depths[at + 3])) covered &= 7
        if (covered === 0) continue
        if (clips) {
          if (z0 < 0) covered &= ~1
          if (z1 < 0) covered &= ~2
          if (z2 < 0) covered &= ~4
          if (z3 < 0) covered &= ~8
          if (covered === 0) continue
        }
        const r = rRow + rx * x
        const g = gRow + gx * x
        const l = lRow + lx * x
        // Taken at the centre, a colour may lie a little outside the corners' range where only other samples are inside.
        const colour =
          (r < 0 ? 0 : r > 255 ? 255 : r | 0) | ((g < 0 ? 0 : g > 255 ? 255 : g | 0) << 8) | ((l < 0 ? 0 : l > 255 ? 255 : l | 0) << 16)
        if (covered === 15) {
          state[p] = even
          colours[at] = colour
          depths[at] = z0
          depths[at + 1] = z1
          depths[at + 2] = z2
          depths[at + 3] = z3
          continue
        }
        if (state[p] !== mixed) {
          const before = state[p] === even ? colours[at] : 0
          colours[at] = colours[at + 1] = colours[at + 2] = colours[at + 3] = before
          state[p] = mixed
        }
        if ((covered & 1) !== 0) {
          colours[at] = colour
          depths[at] = z0
        }
        if ((covered & 2) !== 0) {
          colours[at + 1] = colour
          depths[at + 1] = z1
        }
        if ((covered & 4) !== 0) {
          colours[at + 2] = colour
          depths[at + 2] = z2
        }
        if ((covered & 8) !== 0) {
          colours[at + 3] = colour
          depths[at + 3] = z3
        }
      }
    }
  }

  /** Samples averaged, halves rounded up. */
  #average(): RgbImage {
    const { width, height } = this
    const data = new Uint8Array(width * height * 3)
    const state = this.#state
    const colours = this.#colours
    for (let y = 0; y < height; y += 1) {
      const end = y * width + this.#to[y]
      for (let p = y * width + this.#from[y]; p < end; p += 1) {
        if (state[p] === empty) continue
        const at = p * 4
        const o = p * 3
        const c = colours[at]
        if (state[p] === even) {
          data[o] = c
          data[o + 1] = c >>> 8
          data[o + 2] = c >>> 16
          continue
        }
        const d = colours[at + 1]
        const e = colours[at + 2]
        const f = colours[at + 3]
        // Red and blue side by side in one word, each with room for the sum of four.
        const outer = (c & 0xff00ff) + (d & 0xff00ff) + (e & 0xff00ff) + (f & 0xff00ff) + 0x20002
        const green = ((c & 0xff00) + (d & 0xff00) + (e & 0xff00) + (f & 0xff00) + 0x200) >>> 10
        data[o] = (outer & 0x3ff) >>> 2
        data[o + 1] = green
        data[o + 2] = outer >>> 18
      }
    }
    return { width, height, data }
  }
}

/** Samples on an edge belong to the triangle below or right of it, so that neighbours share none (the top-left rule). */
function tieBias(i: number, j: number): number {
  return i > 0 || (i === 0 && j > 0) ? 0 : 1e-9
}
