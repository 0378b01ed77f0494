import { surfaces } from '../materials/palettes.ts'
import type { SimulatedDrive } from '../world/drive.ts'
import { kerbHeight } from '../world/furniture.ts'
import type { ChunkedMesh } from './chunks.ts'
import type { Finish, Mesh, Point } from './mesh.ts'

/** Lateral reach of the ground that goes up and down with the road, metres: less than the least radius of a bend, so that it never folds over itself. */
export const landReach = 62

/** Half the side of the flat land around, metres, in cells of a size that every rasteriser interpolates well. */
const farReach = 1500
const farCell = 250
/** How far the flat land lies below all else: out of the depth buffer's doubt at every distance (SwiftShader errs by per cents on large triangles). */
const farDrop = 0.6
/** Metres over which the ground beside the road falls or rises to the flat land. */
const apron = 220

const land: Finish = { class: 'terrain', material: 'grass', colour: surfaces.far }

type World = Pick<SimulatedDrive, 'road' | 'ego' | 'seconds'>

/** Flat land so that no ray ends in nothing, and aprons from the edges of the ground along the road down to it. */
export function addLand(out: ChunkedMesh, world: World, from: number, to: number): void {
  const { road } = world
  const stations = road.stations(from, to)
  const level = Math.min(...stations.map((s) => road.height(s))) - farDrop
  for (const side of [-1, 1]) {
    // Straight away along the world's y: the road's heading stays within 57 degrees of x, so x grows along the edge and nothing folds.
    const rim = stations.map((s) => {
      const edge = road.place3(s, side * landReach, kerbHeight)
      return { s, edge, foot: [edge[0], edge[1] + side * apron, level] as Point }
    })
    for (let i = 0; i + 1 < rim.length; i++) {
      const [a, b] = [rim[i], rim[i + 1]]
      out.at(a.s).quad(side > 0 ? [a.edge, b.edge, b.foot, a.foot] : [b.edge, a.edge, a.foot, b.foot], land)
    }
  }
  for (const [end, way] of [
    [from, -1],
    [to, 1],
  ] as const) {
    const [right, left] = [road.place3(end, -landReach, kerbHeight), road.place3(end, landReach, kerbHeight)]
    const away = ([x, y]: Point, aside: number): Point => [x + way * apron, y + aside, level]
    const row: readonly [Point, Point][] = [
      [[right[0], right[1] - apron, level], away(right, -apron)],
      [right, away(right, 0)],
      [left, away(left, 0)],
      [[left[0], left[1] + apron, level], away(left, apron)],
    ]
    for (let i = 0; i + 1 < row.length; i++) {
      const [[a, b], [c, d]] = [row[i], row[i + 1]]
      out.at(end).quad(way > 0 ? [a, b, d, c] : [b, a, c, d], land)
    }
  }
  addFlat(out.at(1e6), road.place(world.ego.sAt(world.seconds / 2), 0), level - 0.3)
}

function addFlat(mesh: Mesh, [cx, cy]: readonly [number, number], z: number): void {
  const at = (x: number, y: number): Point => [cx + x, cy + y, z]
  for (let x = -farReach; x < farReach; x += farCell) {
    for (let y = -farReach; y < farReach; y += farCell) {
      mesh.quad([at(x, y), at(x + farCell, y), at(x + farCell, y + farCell), at(x, y + farCell)], land)
    }
  }
}
