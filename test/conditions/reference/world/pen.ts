import type { Vec3 } from '@virga/scenario'
import type { Frame } from '../frame.ts'
import { mix } from '../hdmap/near-clip.ts'
import { type Corner, Target } from '../msaa/target.ts'
import type { Rgb } from '../raster/canvas.ts'
import type { Flavour } from './palette.ts'

/** Metres at which everything is black and cut off. */
export const farthest = 200

const capSteps = 8
/** Metres before the camera at which planar lenses cut what crosses its plane. */
const nearest = 0.01

/** A corner in the camera's frame, metres. */
interface Solid {
  readonly point: Vec3
  readonly colour: Rgb
}

/** Draws world geometry: corners projected first, then everything linear in the picture. */
export class Pen {
  readonly target: Target
  readonly #frame: Frame
  readonly #flavour: Flavour

  constructor(frame: Frame, flavour: Flavour) {
    this.target = new Target(frame.width, frame.height, farthest)
    this.#frame = frame
    this.#flavour = flavour
  }

  /** A filled triangle in the world, each corner with its colour. */
  triangle(corners: readonly (readonly [Vec3, Rgb])[]): void {
    const own = corners.map(([point, colour]): Solid => ({ point: this.#frame.toCamera(point), colour }))
    if (own.every(({ point }) => point[2] < 0)) return
    const placed = (this.#frame.planar ? cutBehind(own) : own).map((corner) => this.#place(corner))
    const known = placed.filter((corner) => corner !== undefined)
    if (known.length === placed.length) this.target.fill(known)
  }

  /** A segment with round ends whose width shrinks with depth; dd draws only segments in front of the camera. */
  stroke(from: Vec3, to: Vec3, width: number, colour: Rgb): void {
    const ends = [from, to].map((point): Solid => ({ point: this.#frame.toCamera(point), colour }))
    if (this.#flavour === 'dd' && ends.some(({ point }) => point[2] < 0)) return
    const kept = this.#frame.planar ? cutBehind(ends).slice(0, 2) : ends
    const [a, b] = kept.map((end) => this.#place(end))
    if (a === undefined || b === undefined) return
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
    const at = this.#place({ point: this.#frame.toCamera(point), colour: [0, 0, 0] })
    return at !== undefined && at.z > 0 && at.x >= 0 && at.x < this.#frame.width && at.y >= 0 && at.y < this.#frame.height
  }

  #place({ point, colour }: Solid): Corner | undefined {
    const at = this.#frame.lens(point)
    if (at === undefined) return undefined
    const fade = Math.min(Math.max(1 - point[2] / farthest, 0), 1)
    return { x: at[0], y: at[1], z: point[2], rgb: [colour[0] * fade, colour[1] * fade, colour[2] * fade] }
  }
}

/** The part of a segment or triangle (camera frame) that lies a centimetre or more before the camera (section 13.1). */
function cutBehind(corners: readonly Solid[]): Solid[] {
  return corners.flatMap((corner, i) => {
    const next = corners[(i + 1) % corners.length]
    const [here, there] = [corner.point[2] - nearest, next.point[2] - nearest]
    const own = here >= 0 ? [corner] : []
    if (here * there >= 0 || (corners.length === 2 && i === 1)) return own
    const t = here / (here - there)
    const level = (channel: 0 | 1 | 2): number => corner.colour[channel] + (next.colour[channel] - corner.colour[channel]) * t
    return [...own, { point: mix(corner.point, next.point, t), colour: [level(0), level(1), level(2)] as const }]
  })
}
