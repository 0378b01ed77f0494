import { surfaces } from '../materials/palettes.ts'
import type { SimulatedDrive } from '../world/drive.ts'
import { kerbHeight } from '../world/furniture.ts'
import { hasArm, junctionSpans, outside, type Side } from '../world/street.ts'
import type { ChunkedMesh } from './chunks.ts'
import { landReach } from './land-mesh.ts'
import type { Finish, Point } from './mesh.ts'
import { addPaint } from './paint-mesh.ts'
import { Ribbons } from './ribbons.ts'

type World = Omit<SimulatedDrive, 'scenario'>

const asphalt: Finish = { class: 'road', material: 'asphalt', colour: surfaces.asphalt, a: 1 }
const crossAsphalt: Finish = { ...asphalt, a: 2 }
const kerb: Finish = { class: 'pavement', material: 'matte', colour: surfaces.kerb }
const paving: Finish = { class: 'pavement', material: 'paving', colour: surfaces.paving }

/** Metres of cross street from the main road's kerb. */
const crossReach = 45

/** First and last arc length of the street's mesh. */
export function meshExtent({ road, ego, seconds }: Pick<World, 'road' | 'ego' | 'seconds'>): [number, number] {
  return [road.start + 8, ego.sAt(seconds) + 240]
}

/** Carriageway, paint, kerbs, pavements and the ground beside them. */
export function buildStreet(out: ChunkedMesh, world: World): void {
  const { street, road } = world
  const [from, to] = meshExtent(world)
  const { kerbRight, kerbLeft, pavement, laneWidth } = street
  const lay = new Ribbons(out, road)
  // Lane by lane: a wide ribbon's two triangles bend away from the road's surface where it climbs through a bend.
  const cuts = [kerbRight, street.edgeRight]
  for (let i = 1 - street.forwardLanes; i < street.oncomingLanes; i++) cuts.push(i * laneWidth)
  cuts.push(street.edgeLeft, kerbLeft)
  for (let i = 0; i + 1 < cuts.length; i++) lay.along(from, to, cuts[i], cuts[i + 1], 0, asphalt)

  const ground: Finish =
    street.setting === 'city'
      ? { class: 'pavement', material: 'paving', colour: surfaces.plaza }
      : { class: 'terrain', material: 'grass', colour: surfaces.grass }
  for (const side of [-1, 1] as const) {
    const edge = side < 0 ? kerbRight : kerbLeft
    const span = (a: number, b: number): [number, number] => (side < 0 ? [edge - b, edge - a] : [edge + a, edge + b])
    const reach = landReach - Math.abs(edge)
    for (const [a, b] of outside(from, to, junctionSpans(street, 0, side))) {
      lay.along(a, b, ...span(0, 0.16), kerbHeight, kerb)
      lay.along(a, b, ...span(0.16, pavement), kerbHeight, paving)
      lay.riser(a, b, edge, side < 0, kerb)
    }
    for (const [a, b] of outside(from, to, junctionSpans(street, 2.4, side))) {
      // The near land apart, which buildings and trees stand on.
      lay.along(a, b, ...span(pavement, pavement + 16), kerbHeight, ground)
      lay.along(a, b, ...span(pavement + 16, reach), kerbHeight, ground)
    }
    for (const junction of street.junctions) if (hasArm(junction, side)) layArm(junction.s, junction.half, junction.pavement, side)
  }

  function layArm(s: number, half: number, crossPavement: number, side: Side): void {
    const edge = side < 0 ? kerbRight : kerbLeft
    const [near, far] = side < 0 ? [edge - crossReach, edge] : [edge, edge + crossReach]
    const beyond: [number, number] = side < 0 ? [-landReach, near] : [far, landReach]
    // uv runs along the cross street, so that its wheel tracks do too. Two ribbons, cut at its middle.
    for (const [a, b] of [
      [s - half, s],
      [s, s + half],
    ]) {
      for (let d = near; d < far - 1e-6; d += 6) lay.patch(a, b, d, Math.min(far, d + 6), 0, crossAsphalt, s)
    }
    lay.along(s - half, s + half, ...beyond, kerbHeight, ground)
    for (const way of [-1, 1]) {
      const k = s + way * half
      const outer = k + way * crossPavement
      const [p, q] = way < 0 ? [outer, k] : [k, outer]
      const inner = side < 0 ? [near, edge - pavement] : [edge + pavement, far]
      lay.along(p, q, inner[0], inner[1], kerbHeight, paving)
      lay.along(p, q, ...beyond, kerbHeight, ground)
      const at = (d: number, up: number): Point => road.place3(k, d, up)
      const face: [Point, Point, Point, Point] = [at(near, 0), at(far, 0), at(far, kerbHeight), at(near, kerbHeight)]
      out.at(s).quad(way < 0 ? face : [face[1], face[0], face[3], face[2]], kerb, undefined, [0.7, 0.7, 1, 1])
    }
  }

  addPaint(lay, world)
}
