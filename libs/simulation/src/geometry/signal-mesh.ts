import type { Colour } from '../materials/palettes.ts'
import { headHalf, headPlace, type Signal, signalGroup } from '../world/signals.ts'
import { addPost, beam } from './furniture-mesh.ts'
import type { Finish, Mesh, Point } from './mesh.ts'

const steel: Finish = { class: 'pole', material: 'matte', colour: [0.3, 0.31, 0.32] }
const housing: Finish = { class: 'sign', material: 'matte', colour: [0.09, 0.1, 0.09] }

/** Lamps from the top: red, yellow, green, in the colours that they shine in. */
const lamps: readonly Colour[] = [
  [0.95, 0.16, 0.1],
  [0.98, 0.7, 0.12],
  [0.16, 0.92, 0.5],
]
const lampRadius = 0.12
const corners = 8

/** A post, its arm where it has one, and the heads. The shader lights the lamp (byte b, 0 to 2 from the top) that the state of its group (byte a, less 1) names. */
export function addSignal(mesh: Mesh, signal: Signal): void {
  const { x, y, base, height, heading, heads, junction, approach } = signal
  addPost(mesh, x, y, base - 0.1, base + height, 0.09, steel)
  const reach = Math.max(...heads.map(({ left }) => left))
  if (reach > 0) {
    const arm = (along: number, across: number, up: number): Point => [
      x - Math.sin(heading) * along - Math.cos(heading) * across,
      y + Math.cos(heading) * along - Math.sin(heading) * across,
      base + height + up,
    ]
    beam(mesh, arm, 0, reach + 0.3, 0.06, -0.18, -0.06, steel, steel)
  }
  const [cos, sin] = [Math.cos(heading), Math.sin(heading)]
  for (const head of heads) {
    const [hx, hy, up] = headPlace(signal, head)
    const at = (forward: number, left: number, above: number): Point => [
      hx + cos * forward - sin * left,
      hy + sin * forward + cos * left,
      base + up + above,
    ]
    addHousing(mesh, at)
    for (const [i, colour] of lamps.entries()) {
      const finish: Finish = { class: 'sign', material: 'lamp', colour, a: 1 + signalGroup(junction, approach), b: i }
      const middle = (1 - i) * 0.3
      const ids = Array.from({ length: corners }, (_, k) => {
        const angle = (2 * Math.PI * (k + 0.5)) / corners
        const p = at(-headHalf[0] - 0.012, -lampRadius * Math.cos(angle), middle + lampRadius * Math.sin(angle))
        return mesh.vertex(p, [-cos, -sin, 0], finish, [0, 0])
      })
      for (let k = 1; k + 1 < corners; k++) mesh.triangle(ids[0], ids[k], ids[k + 1])
    }
  }
}

function addHousing(mesh: Mesh, at: (forward: number, left: number, above: number) => Point): void {
  const [l, w, h] = headHalf
  const face = (a: Point, b: Point, c: Point, d: Point): void => {
    mesh.quad([a, b, c, d], housing)
  }
  face(at(-l, w, -h), at(-l, -w, -h), at(-l, -w, h), at(-l, w, h))
  face(at(l, -w, -h), at(l, w, -h), at(l, w, h), at(l, -w, h))
  face(at(-l, -w, -h), at(l, -w, -h), at(l, -w, h), at(-l, -w, h))
  face(at(l, w, -h), at(-l, w, -h), at(-l, w, h), at(l, w, h))
  face(at(-l, w, h), at(-l, -w, h), at(l, -w, h), at(l, w, h))
  face(at(-l, -w, -h), at(-l, w, -h), at(l, w, -h), at(l, -w, -h))
}
