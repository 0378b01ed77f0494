import type { Random } from '../random.ts'
import { type Barrier, placeBarriers } from './barriers.ts'
import { type Building, raiseBuildings } from './buildings.ts'
import { placeProps, type Prop } from './props.ts'
import type { Road } from './road.ts'
import { placeSignals, type Signal } from './signals.ts'
import { hasArm, junctionSpans, outside, type Side, type Street } from './street.ts'

export interface Tree {
  readonly s: number
  readonly x: number
  readonly y: number
  readonly base: number
  readonly kind: 'broadleaf' | 'round' | 'poplar' | 'birch' | 'conifer' | 'bush'
  readonly height: number
  readonly radius: number
  readonly tint: number
  readonly turn: number
}

export interface Lamp {
  readonly s: number
  readonly x: number
  readonly y: number
  readonly base: number
  readonly height: number
  /** Direction of the arm in the world, radians. */
  readonly heading: number
  readonly arm: number
}

export const signShapes = ['round', 'blue-round', 'triangle', 'yield', 'octagon', 'square', 'rectangle'] as const
export type SignShape = (typeof signShapes)[number]

export interface Sign {
  readonly s: number
  readonly x: number
  readonly y: number
  readonly base: number
  /** Heading of the drivers that the plate is for, radians: it faces against them. */
  readonly heading: number
  readonly shape: SignShape
  readonly height: number
}

export interface Furniture {
  readonly buildings: readonly Building[]
  readonly trees: readonly Tree[]
  readonly lamps: readonly Lamp[]
  readonly signs: readonly Sign[]
  readonly signals: readonly Signal[]
  readonly barriers: readonly Barrier[]
  readonly props: readonly Prop[]
}

/** Height of kerbs, pavements and terrain over the carriageway, metres. */
export const kerbHeight = 0.12

export function furnish(seedOf: (stream: string) => Random, road: Road, street: Street, from: number, to: number): Furniture {
  const buildings = raiseBuildings(seedOf('buildings'), road, street, from, to, kerbHeight)
  return {
    buildings,
    trees: plantTrees(seedOf('trees'), road, street, from, to),
    lamps: placeLamps(seedOf('lamps'), road, street, from, to),
    signs: placeSigns(seedOf('signs'), road, street),
    signals: placeSignals(road, street, kerbHeight),
    barriers: placeBarriers(seedOf('barriers'), street, from, to),
    props: placeProps(seedOf('props'), road, street, from, to, kerbHeight),
  }
}

/** Least and greatest height and radius of the crown, metres. */
const treeSizes: Record<Tree['kind'], readonly [number, number, number, number]> = {
  broadleaf: [5.5, 8.5, 1.6, 2.5],
  round: [4, 5.5, 1.3, 1.8],
  poplar: [8, 12, 0.9, 1.3],
  birch: [6, 9, 1.1, 1.6],
  conifer: [7, 11, 1.5, 2.1],
  bush: [0.9, 1.5, 0.7, 1.1],
}

function plantTrees(random: Random, road: Road, street: Street, from: number, to: number): Tree[] {
  const trees: Tree[] = []
  const add = (s: number, d: number, kind: Tree['kind']): void => {
    const [x, y] = road.place(s, d)
    const [lowest, highest, thin, wide] = treeSizes[kind]
    const height = random.between(lowest, highest)
    const radius = random.between(thin, wide)
    trees.push({ s, x, y, base: road.height(s) + kerbHeight, kind, height, radius, tint: random.next(), turn: random.between(0, 6.28) })
  }
  const avenue = street.setting === 'city' ? random.chance(0.55) : random.chance(0.35)
  // One kind along the street, as avenues are planted, and a few over the land.
  const along = random.pick<Tree['kind']>(['broadleaf', 'broadleaf', 'round', 'poplar', 'birch'])
  const wild = (): Tree['kind'] =>
    random.pick<Tree['kind']>(['broadleaf', 'broadleaf', 'broadleaf', 'birch', 'conifer', 'conifer', 'poplar'])
  for (const side of [-1, 1] as const) {
    const kerb = side < 0 ? street.kerbRight : street.kerbLeft
    const outer = kerb + side * street.pavement
    const free = outside(from, to, junctionSpans(street, 9, side))
    if (avenue) {
      const spacing = random.between(11, 16)
      for (const [a, b] of free) for (let s = a + random.between(1, 5); s < b; s += spacing) add(s, kerb + side * 0.9, along)
    }
    for (const [a, b] of free) {
      if (street.setting === 'suburb') {
        for (let s = a; s < b; s += random.between(5, 12)) {
          if (random.chance(0.5)) add(s, outer + side * random.between(0.9, 1.6), 'bush')
          else if (random.chance(0.4)) add(s, outer + side * random.between(12, 22), wild())
        }
      }
      if (street.setting === 'park') {
        for (let s = a; s < b; s += random.between(4, 9)) {
          add(s, outer + side * random.between(2.5, 6), random.chance(0.25) ? 'bush' : random.chance(0.5) ? along : 'broadleaf')
          add(s + random.between(0, 3), outer + side * random.between(10, 22), wild())
        }
      }
    }
  }
  return trees
}

function placeLamps(random: Random, road: Road, street: Street, from: number, to: number): Lamp[] {
  const lamps: Lamp[] = []
  const spacing = random.between(24, 30)
  const height = random.between(6.5, 8)
  for (const side of [-1, 1]) {
    const d = (side < 0 ? street.kerbRight : street.kerbLeft) + side * 0.55
    const blocked = junctionSpans(street, 1)
    for (let s = from + (side < 0 ? 0 : spacing / 2); s < to; s += spacing) {
      if (blocked.some(([a, b]) => s > a && s < b)) continue
      const [x, y] = road.place(s, d)
      lamps.push({
        s,
        x,
        y,
        base: road.height(s) + kerbHeight,
        height,
        heading: road.at(s).heading + (side < 0 ? Math.PI / 2 : -Math.PI / 2),
        arm: 1.9,
      })
    }
  }
  return lamps
}

function placeSigns(random: Random, road: Road, street: Street): Sign[] {
  const signs: Sign[] = []
  const put = (s: number, d: number, turn: number, shape: SignShape, height = 2.3): void => {
    const [x, y, z] = road.place3(s, d, kerbHeight)
    signs.push({ s, x, y, base: z, heading: road.at(s).heading + turn, shape, height })
  }
  const add = (s: number, side: Side, shape: SignShape): void => {
    put(s, (side < 0 ? street.kerbRight : street.kerbLeft) + side * 0.5, side < 0 ? 0 : Math.PI, shape)
  }
  for (const { from, to } of street.crossings) {
    const junction = street.junctions.find(({ s }) => Math.abs(s - from) < 20)
    const shape = random.chance(0.5) ? 'square' : 'triangle'
    // Lights say enough. Between crossing and cross street there is room for a post, no more.
    if (junction?.signals) continue
    const near = junction === undefined || from < junction.s
    add(from - (near ? 1.6 : 0.3), -1, shape)
    if (street.oncomingLanes > 0) add(to + (near ? 0.3 : 1.6), 1, 'square')
  }
  for (const junction of street.junctions) {
    const { s, half, signals } = junction
    if (random.chance(0.7)) add(s + half + 14, -1, random.pick<SignShape>(['round', 'round', 'blue-round']))
    if (random.chance(0.4)) add(s - half - 24, -1, random.pick<SignShape>(['triangle', 'rectangle', 'rectangle', 'square']))
    if (street.oncomingLanes > 0 && random.chance(0.4)) add(s + half + 24, 1, random.pick<SignShape>(['triangle', 'rectangle', 'round']))
    // Who comes out of a cross street without lights stops or gives way.
    const shape = random.pick<SignShape>(['octagon', 'octagon', 'yield'])
    if (signals) continue
    const beside = half + 0.6
    const back = street.pavement + 0.6
    if (hasArm(junction, -1)) put(s + beside, street.kerbRight - back, Math.PI / 2, shape)
    if (hasArm(junction, 1)) put(s - beside, street.kerbLeft + back, -Math.PI / 2, shape)
  }
  return signs
}
