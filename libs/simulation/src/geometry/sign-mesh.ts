import { type Colour, surfaces } from '../materials/palettes.ts'
import type { Sign, SignShape } from '../world/furniture.ts'
import { signHalf } from '../world/map.ts'
import { addPost } from './furniture-mesh.ts'
import type { Finish, Mesh, Point } from './mesh.ts'

interface Plate {
  readonly corners: number
  /** Angle of the first corner, radians. */
  readonly turn: number
  readonly rim: Colour
  readonly field: Colour
  /** Radius of the plate and share of it that the field takes. */
  readonly radius: number
  readonly inner: number
  /** Width over height. */
  readonly stretch?: number
  /** A white bar across the field. */
  readonly bar?: boolean
}

const white: Colour = [0.9, 0.9, 0.88]
const red: Colour = [0.72, 0.1, 0.1]
const blue: Colour = [0.1, 0.25, 0.62]
const diagonal = signHalf * Math.SQRT2 * 0.95

const plates: Record<SignShape, Plate> = {
  round: { corners: 12, turn: 0, rim: red, field: white, radius: signHalf, inner: 0.68 },
  'blue-round': { corners: 12, turn: 0, rim: white, field: blue, radius: signHalf, inner: 0.9 },
  triangle: { corners: 3, turn: Math.PI / 2, rim: red, field: white, radius: signHalf, inner: 0.68 },
  yield: { corners: 3, turn: -Math.PI / 2, rim: red, field: white, radius: signHalf, inner: 0.62 },
  octagon: { corners: 8, turn: Math.PI / 8, rim: white, field: red, radius: signHalf, inner: 0.9, bar: true },
  square: { corners: 4, turn: Math.PI / 4, rim: blue, field: white, radius: diagonal, inner: 0.68 },
  rectangle: { corners: 4, turn: Math.PI / 4, rim: white, field: [0.08, 0.36, 0.24], radius: diagonal, inner: 0.86, stretch: 1.5 },
}

export function addSign(mesh: Mesh, sign: Sign): void {
  const { x, y, base, height, heading } = sign
  addPost(mesh, x, y, base, base + height + 0.35, 0.04)
  const { corners, turn, rim, field, radius, inner, stretch = 1, bar = false } = plates[sign.shape]
  const cos = Math.cos(heading + Math.PI)
  const sin = Math.sin(heading + Math.PI)
  const at = (across: number, up: number, forward: number): Point => [
    x + cos * forward - sin * across,
    y + sin * forward + cos * across,
    base + height + up,
  ]
  // The plate looks against the driver's heading: `sign.heading` is the driver's.
  const disc = (size: number, forward: number, finish: Finish, reverse: boolean): void => {
    const ids = Array.from({ length: corners }, (_, i) => {
      const angle = turn + (2 * Math.PI * i) / corners
      const p = at((size * Math.cos(angle) * stretch) / Math.sqrt(stretch), (size * Math.sin(angle)) / Math.sqrt(stretch), forward)
      return mesh.vertex(p, reverse ? [-cos, -sin, 0] : [cos, sin, 0], finish, [0, 0])
    })
    for (let i = 1; i + 1 < corners; i++) {
      if (reverse) mesh.triangle(ids[0], ids[i + 1], ids[i])
      else mesh.triangle(ids[0], ids[i], ids[i + 1])
    }
  }
  const finish = (colour: Colour): Finish => ({ class: 'sign', material: 'retro-sign', colour })
  disc(radius, 0.05, finish(rim), false)
  disc(radius * inner, 0.062, finish(field), false)
  if (bar) mesh.quad([at(-0.2, -0.06, 0.072), at(0.2, -0.06, 0.072), at(0.2, 0.06, 0.072), at(-0.2, 0.06, 0.072)], finish(white))
  disc(radius, 0.045, { class: 'sign', material: 'matte', colour: surfaces.pole }, true)
}
