import { type Colour, facadeColours, roofColours, surfaces } from '../materials/palettes.ts'
import type { Building } from '../world/buildings.ts'
import type { Finish, Mesh, Point } from './mesh.ts'
import { addRoof } from './roof-mesh.ts'

/** Width of one window bay by facade style, metres. */
const bayWidths = [2.6, 3.1, 2.2, 3.6] as const

/**
 * Walls whose uv counts window bays and floors: the shader draws windows, sills and shop fronts from it.
 * Byte a is the building's seed; byte b holds style (2 bits), floors (4 bits) and whether the ground floor is a shop (1 bit).
 */
export function addBuilding(mesh: Mesh, building: Building): void {
  const { corners, base, foot, floors, floorHeight, style, seed } = building
  const colour = facadeColours[building.facade]
  const flat = building.roof === 'flat' || building.roof === 'flat-block'
  const shop = floors > 2 && seed % 3 !== 0
  const wall: Finish = { class: 'building', material: 'facade', colour, a: seed, b: style | (floors << 2) | ((shop ? 1 : 0) << 6) }
  const plinth: Finish = { class: 'building', material: 'matte', colour: surfaces.kerb }
  const parapet = flat ? 0.3 : 0
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
  addRoof(mesh, building.roof, ring, top, { ...roof, colour: roofColours[seed % 3 === 0 ? 1 : 0] }, { ...wall, material: 'matte' }, seed)
  if (shop && seed % 4 === 1) addAwning(mesh, corners, base)
}

const awningColours: readonly Colour[] = [
  [0.55, 0.16, 0.14],
  [0.2, 0.34, 0.26],
  [0.66, 0.6, 0.48],
]

/** An awning over the shop front, seen from above and from below. */
function addAwning(mesh: Mesh, [a, b, , d]: Building['corners'], base: number): void {
  const depth = Math.hypot(d[0] - a[0], d[1] - a[1])
  const [ox, oy] = [(1.1 * (a[0] - d[0])) / depth, (1.1 * (a[1] - d[1])) / depth]
  const at = (f: number, out: number, z: number): Point => [a[0] + (b[0] - a[0]) * f + ox * out, a[1] + (b[1] - a[1]) * f + oy * out, z]
  const finish: Finish = {
    class: 'building',
    material: 'matte',
    colour: awningColours[Math.floor(base * 7 + a[0]) % 3 === 0 ? 0 : depth > 13 ? 1 : 2],
  }
  const [p, q, r, s] = [at(0.06, 0, base + 2.95), at(0.94, 0, base + 2.95), at(0.94, 1, base + 2.5), at(0.06, 1, base + 2.5)]
  const up = (q[0] - p[0]) * (s[1] - p[1]) - (q[1] - p[1]) * (s[0] - p[0]) > 0
  mesh.quad(up ? [p, q, r, s] : [s, r, q, p], finish)
  mesh.quad(up ? [s, r, q, p] : [p, q, r, s], finish, undefined, [0.6, 0.6, 0.6, 0.6])
}

function signedArea(ring: readonly (readonly [number, number])[]): number {
  let sum = 0
  for (const [i, [x, y]] of ring.entries()) {
    const [nx, ny] = ring[(i + 1) % ring.length]
    sum += x * ny - nx * y
  }
  return sum / 2
}
