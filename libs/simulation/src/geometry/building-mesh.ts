import { facadeColours, roofColours, surfaces } from '../materials/palettes.ts'
import type { Building } from '../world/furniture.ts'
import type { Finish, Mesh, Point } from './mesh.ts'

/** Width of one window bay by facade style, metres. */
const bayWidths = [2.6, 3.1, 2.2, 3.6] as const

/**
 * Walls whose uv counts window bays and floors: the shader draws windows, sills and shop fronts from it.
 * Byte a is the building's seed; byte b holds style (2 bits), floors (4 bits) and whether the ground floor is a shop (1 bit).
 */
export function addBuilding(mesh: Mesh, building: Building): void {
  const { corners, base, foot, floors, floorHeight, style, seed } = building
  const colour = facadeColours[building.facade]
  const shop = building.roof === 'flat' && seed % 3 !== 0
  const wall: Finish = { class: 'building', material: 'facade', colour, a: seed, b: style | (floors << 2) | ((shop ? 1 : 0) << 6) }
  const plinth: Finish = { class: 'building', material: 'matte', colour: surfaces.kerb }
  const parapet = building.roof === 'flat' ? 0.3 : 0
  const top = base + (floors + parapet) * floorHeight
  const ring = signedArea(corners) > 0 ? corners : [...corners].reverse()
  const roof: Finish = { class: 'building', material: 'matte', colour: roofColours[seed % 2] }
  for (let i = 0; i < 4; i++) {
    const a = ring[i] as readonly [number, number]
    const b = ring[(i + 1) % 4] as readonly [number, number]
    const bays = Math.max(1, Math.round(Math.hypot(b[0] - a[0], b[1] - a[1]) / (bayWidths[style] as number)))
    const rows = floors + parapet
    mesh.quad(
      [
        [...a, base],
        [...b, base],
        [...b, top],
        [...a, top],
      ],
      wall,
      [
        [0, 0],
        [bays, 0],
        [bays, rows],
        [0, rows],
      ],
      [0.72, 0.72, 1, 1],
    )
    // On a slope: a plinth below the ground floor.
    if (foot < base) {
      mesh.quad(
        [
          [...a, foot],
          [...b, foot],
          [...b, base],
          [...a, base],
        ],
        plinth,
        undefined,
        [0.7, 0.7, 0.85, 0.85],
      )
    }
  }
  const p = (i: number, z: number): Point => [...(ring[i] as readonly [number, number]), z]
  if (building.roof === 'flat') {
    mesh.quad([p(0, top), p(1, top), p(2, top), p(3, top)], roof)
    return
  }
  addGable(mesh, ring, top, { ...roof, colour: roofColours[seed % 3 === 0 ? 1 : 0] }, { ...wall, material: 'matte' })
}

/** A gabled roof over the ring with its ridge along the ring's longer side, and eaves that stand out a little. */
function addGable(mesh: Mesh, ring: readonly (readonly [number, number])[], z: number, roof: Finish, gable: Finish): void {
  const side = (i: number): number => {
    const [a, b] = [ring[i], ring[(i + 1) % 4]]
    return Math.hypot(b[0] - a[0], b[1] - a[1])
  }
  const o = side(0) >= side(1) ? 0 : 1
  const q = (i: number): readonly [number, number] => ring[(i + o) % 4]
  const mid = (a: readonly [number, number], b: readonly [number, number]): [number, number] => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
  const ridge = z + 0.32 * Math.min(side(0), side(1))
  const [left, right] = [mid(q(3), q(0)), mid(q(1), q(2))]
  const out = (p: readonly [number, number], from: readonly [number, number], drop: number): Point => [
    p[0] + (p[0] - from[0]) * 0.08,
    p[1] + (p[1] - from[1]) * 0.08,
    z - drop,
  ]
  const l: Point = [...left, ridge]
  const r: Point = [...right, ridge]
  mesh.quad([out(q(0), left, 0.2), out(q(1), right, 0.2), r, l], roof)
  mesh.quad([out(q(2), right, 0.2), out(q(3), left, 0.2), l, r], roof)
  for (const [a, b, peak] of [
    [q(1), q(2), r],
    [q(3), q(0), l],
  ] as const) {
    mesh.quad([[...a, z], [...b, z], peak, peak], gable)
  }
}

function signedArea(ring: readonly (readonly [number, number])[]): number {
  let sum = 0
  for (const [i, [x, y]] of ring.entries()) {
    const [nx, ny] = ring[(i + 1) % ring.length]
    sum += x * ny - nx * y
  }
  return sum / 2
}
