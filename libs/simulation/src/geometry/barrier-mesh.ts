import { surfaces } from '../materials/palettes.ts'
import type { Barrier } from '../world/barriers.ts'
import { kerbHeight } from '../world/furniture.ts'
import type { Finish } from './mesh.ts'
import type { Ribbons } from './ribbons.ts'

const steel: Finish = { class: 'pole', material: 'matte', colour: [0.56, 0.58, 0.59] }
const iron: Finish = { class: 'pole', material: 'matte', colour: [0.16, 0.2, 0.18] }
const wood: Finish = { class: 'building', material: 'matte', colour: [0.45, 0.35, 0.26] }
const stone: Finish = { class: 'building', material: 'matte', colour: [0.6, 0.56, 0.5] }
const leaves: Finish = { class: 'vegetation', material: 'leaf', colour: surfaces.leafA }

interface Form {
  /** Horizontal bars: lower and upper edge over the ground, metres, and thickness. */
  readonly bars: readonly (readonly [number, number, number])[]
  readonly finish: Finish
  /** Height of posts and metres from one to the next. */
  readonly posts?: readonly [number, number]
}

const forms: Record<Barrier['kind'], Form> = {
  'guard-rail': { bars: [[0.42, 0.76, 0.08]], finish: steel, posts: [0.76, 4] },
  railing: {
    bars: [
      [0.93, 1, 0.05],
      [0.5, 0.55, 0.04],
      [0.12, 0.17, 0.04],
    ],
    finish: iron,
    posts: [1, 2],
  },
  fence: {
    bars: [
      [0.1, 0.5, 0.05],
      [0.56, 0.96, 0.05],
    ],
    finish: wood,
    posts: [1.1, 2.5],
  },
  wall: { bars: [[-0.3, 0.95, 0.25]], finish: stone },
  hedge: { bars: [[-0.3, 1.1, 0.6]], finish: leaves },
}

/** Bars along the street, seen from both sides and from above, and posts. */
export function addBarrier(lay: Ribbons, { kind, from, to, d }: Barrier): void {
  const { bars, finish, posts } = forms[kind]
  for (const [low, high, thick] of bars) {
    const [right, left] = [d - thick / 2, d + thick / 2]
    lay.riser(from, to, left, true, finish, kerbHeight + low, kerbHeight + high)
    lay.riser(from, to, right, false, finish, kerbHeight + low, kerbHeight + high)
    lay.along(from, to, right, left, kerbHeight + high, finish)
    lay.cap(from, right, left, kerbHeight + low, kerbHeight + high, false, finish)
    lay.cap(to, right, left, kerbHeight + low, kerbHeight + high, true, finish)
  }
  if (posts === undefined) return
  const [height, spacing] = posts
  const n = Math.max(1, Math.round((to - from) / spacing))
  for (let i = 0; i <= n; i++) lay.post(from + ((to - from) * i) / n, d, 0.045, kerbHeight - 0.1, kerbHeight + height, finish)
}
