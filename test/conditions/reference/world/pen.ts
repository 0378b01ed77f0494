import type { Vec3 } from '@virga/scenario'
import type { Frame } from '../frame.ts'
import { type Corner, Target } from '../msaa/target.ts'
import type { Rgb } from '../raster/canvas.ts'
import type { Flavour } from './palette.ts'

/** Metres at which everything is black and cut off. */
export const farthest = 200

const capSteps = 8

/** Draws world geometry as section 3.3 says: corners projected first, then everything linear in the picture. */
export class Pen {
  readonly target: Target
  readonly #frame: Frame
  readonly #flavour: Flavour

  constructor(frame: Frame, flavour: Flavour) {
    this.target = new Target(frame.width, frame.height, farthest)
    this.#frame = frame
    this.#flavour = flavour
  }

  /** A filled triangle in the world. */
  triangle(corners: readonly (readonly [Vec3, Rgb])[]): void {
    const placed = corners.map(([point, colour]) => this.#place(point, colour))
    if (placed.every((corner) => corner === undefined || corner.z < 0)) return
    const known = placed.filter((corner) => corner !== undefined)
    if (known.length === placed.length) this.target.fill(known)
  }

  /** A segment with round ends whose width shrinks with depth; dd draws only segments in front of the camera. */
  stroke(from: Vec3, to: Vec3, width: number, colour: Rgb): void {
    const [a, b] = [this.#place(from, colour), this.#place(to, colour)]
    if (a === undefined || b === undefined || (this.#flavour === 'dd' && (a.z < 0 || b.z < 0))) return
    const nearness = Math.min(Math.max(1 - (a.z + b.z) / 2 / farthest, 0), 1)
    // Half the width, a length in normalised device coordinates: that many half-widths and half-heights of the picture.
    const half = (width / this.#frame.width) * nearness
    const [sx, sy] = [this.#frame.width / 2, this.#frame.height / 2]
    const [dx, dy] = [(b.x - a.x) / sx, (b.y - a.y) / sy]
    const length = Math.hypot(dx, dy)
    if (length === 0) return
    const across = Math.atan2(dx / length, -dy / length)
    const rim = (end: Corner, angle: number): Corner => ({
      ...end,
      x: end.x + half * Math.cos(angle) * sx,
      y: end.y + half * Math.sin(angle) * sy,
    })
    this.target.fill([rim(a, across), rim(a, across + Math.PI), rim(b, across + Math.PI), rim(b, across)])
    for (const [end, start] of [
      [a, across],
      [b, across + Math.PI],
    ] as const) {
      for (let step = 0; step < capSteps; step++) {
        const [first, second] = [step, step + 1].map((k) => start + (Math.PI * k) / capSteps)
        this.target.fill([end, rim(end, first), rim(end, second)])
      }
    }
  }

  /** Whether a point is in front of the camera and in the picture. */
  sees(point: Vec3): boolean {
    const at = this.#place(point, [0, 0, 0])
    return at !== undefined && at.z > 0 && at.x >= 0 && at.x < this.#frame.width && at.y >= 0 && at.y < this.#frame.height
  }

  depthOf(point: Vec3): number {
    return this.#frame.toCamera(point)[2]
  }

  #place(point: Vec3, colour: Rgb): Corner | undefined {
    const own = this.#frame.toCamera(point)
    const at = this.#frame.lens(own)
    if (at === undefined) return undefined
    const fade = Math.min(Math.max(1 - own[2] / farthest, 0), 1)
    return { x: at[0], y: at[1], z: own[2], rgb: [colour[0] * fade, colour[1] * fade, colour[2] * fade] }
  }
}
