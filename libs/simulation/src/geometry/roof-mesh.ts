import type { Roof } from '../world/buildings.ts'
import type { Finish, Mesh, Point } from './mesh.ts'

type Flat = readonly [number, number]
type Ring = readonly Flat[]

/**
 * The roof over four walls whose tops are at height z.
 *
 * @param ring four corners, counter-clockwise seen from above
 * @param gable finish of the walls' parts above z
 * @param seed 0..255, chooses where a block stands on a flat roof
 */
export function addRoof(mesh: Mesh, kind: Roof, ring: Ring, z: number, roof: Finish, gable: Finish, seed: number): void {
  const at = ([x, y]: Flat, height: number): Point => [x, y, height]
  switch (kind) {
    case 'flat':
    case 'flat-block':
      mesh.quad([at(ring[0], z), at(ring[1], z), at(ring[2], z), at(ring[3], z)], roof)
      if (kind === 'flat-block') addBlock(mesh, ring, z, roof, gable, seed)
      return
    case 'gable':
      addGable(mesh, ring, z, roof, gable)
      return
    case 'hip':
      addHip(mesh, ring, z, roof)
      return
    case 'shed': {
      const top = z + 0.22 * Math.hypot(ring[3][0] - ring[0][0], ring[3][1] - ring[0][1])
      mesh.quad([at(ring[0], z), at(ring[1], z), at(ring[2], top), at(ring[3], top)], roof)
      mesh.quad([at(ring[2], z), at(ring[3], z), at(ring[3], top), at(ring[2], top)], gable)
      mesh.quad([at(ring[1], z), at(ring[2], z), at(ring[2], top), at(ring[2], top)], gable)
      mesh.quad([at(ring[3], z), at(ring[0], z), at(ring[3], top), at(ring[3], top)], gable)
    }
  }
}

/** A point inside the ring, by shares along its first side and across it. */
function inside(ring: Ring, u: number, v: number): Flat {
  const mix = (i: 0 | 1): number => (ring[0][i] * (1 - u) + ring[1][i] * u) * (1 - v) + (ring[3][i] * (1 - u) + ring[2][i] * u) * v
  return [mix(0), mix(1)]
}

/** Stairs or a lift's machine room, and a chimney. */
function addBlock(mesh: Mesh, ring: Ring, z: number, roof: Finish, wall: Finish, seed: number): void {
  const u = 0.2 + 0.45 * ((seed & 7) / 7)
  block(
    mesh,
    [inside(ring, u, 0.4), inside(ring, u + 0.25, 0.4), inside(ring, u + 0.25, 0.7), inside(ring, u, 0.7)],
    z,
    z + 2.6,
    roof,
    wall,
  )
  const c = 0.08 + 0.06 * ((seed >> 3) & 3)
  block(
    mesh,
    [inside(ring, c, 0.15), inside(ring, c + 0.06, 0.15), inside(ring, c + 0.06, 0.25), inside(ring, c, 0.25)],
    z,
    z + 1.5,
    roof,
    wall,
  )
}

function block(mesh: Mesh, ring: Ring, low: number, high: number, roof: Finish, wall: Finish): void {
  const at = (i: number, z: number): Point => [ring[i % 4][0], ring[i % 4][1], z]
  for (let i = 0; i < 4; i++) mesh.quad([at(i, low), at(i + 1, low), at(i + 1, high), at(i, high)], wall)
  mesh.quad([at(0, high), at(1, high), at(2, high), at(3, high)], roof)
}

/** The ring turned so that its first side is the longer one; shares of what stands out over the walls. */
function turned(ring: Ring): { q: (i: number) => Flat; long: number; short: number } {
  const side = (i: number): number => Math.hypot(ring[(i + 1) % 4][0] - ring[i][0], ring[(i + 1) % 4][1] - ring[i][1])
  const o = side(0) >= side(1) ? 0 : 1
  return { q: (i) => ring[(i + o) % 4], long: Math.max(side(0), side(1)), short: Math.min(side(0), side(1)) }
}

const middle = (a: Flat, b: Flat): Flat => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]

/** Moves a corner a little out, away from a point, and down by `drop`. */
const out = (p: Flat, from: Flat, z: number, drop: number): Point => [
  p[0] + (p[0] - from[0]) * 0.08,
  p[1] + (p[1] - from[1]) * 0.08,
  z - drop,
]

/** A gabled roof with its ridge along the ring's longer side, and eaves that stand out a little. */
function addGable(mesh: Mesh, ring: Ring, z: number, roof: Finish, gable: Finish): void {
  const { q, short } = turned(ring)
  const ridge = z + 0.32 * short
  const [left, right] = [middle(q(3), q(0)), middle(q(1), q(2))]
  const l: Point = [...left, ridge]
  const r: Point = [...right, ridge]
  mesh.quad([out(q(0), left, z, 0.2), out(q(1), right, z, 0.2), r, l], roof)
  mesh.quad([out(q(2), right, z, 0.2), out(q(3), left, z, 0.2), l, r], roof)
  for (const [a, b, peak] of [
    [q(1), q(2), r],
    [q(3), q(0), l],
  ] as const) {
    mesh.quad([[...a, z], [...b, z], peak, peak], gable)
  }
}

/** A roof that slopes to all four sides. */
function addHip(mesh: Mesh, ring: Ring, z: number, roof: Finish): void {
  const { q, long, short } = turned(ring)
  const ridge = z + 0.3 * short
  const [left, right] = [middle(q(3), q(0)), middle(q(1), q(2))]
  const f = (0.5 * short) / long
  const on = (t: number): Point => [left[0] + (right[0] - left[0]) * t, left[1] + (right[1] - left[1]) * t, ridge]
  const [l, r] = [on(f), on(1 - f)]
  const centre = middle(left, right)
  const eave = (i: number): Point => out(q(i), centre, z, 0.12)
  mesh.quad([eave(0), eave(1), r, l], roof)
  mesh.quad([eave(2), eave(3), l, r], roof)
  mesh.quad([eave(1), eave(2), r, r], roof)
  mesh.quad([eave(3), eave(0), l, l], roof)
}
