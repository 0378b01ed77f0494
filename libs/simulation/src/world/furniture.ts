import type { Random } from '../random.ts'
import type { Road } from './road.ts'
import { placeSignals, type Signal } from './signals.ts'
import { hasArm, junctionSpans, outside, type Side, type Street } from './street.ts'

export interface Building {
  /** Ground corners (x, y): front start, front end, back end, back start, seen along the street. */
  readonly corners: readonly [number, number][]
  readonly s: number
  /** Where the ground floor begins: at the highest corner. The walls go down to `foot`, under the lowest. */
  readonly base: number
  readonly foot: number
  readonly floors: number
  readonly floorHeight: number
  readonly facade: number
  readonly style: number
  readonly roof: 'flat' | 'gable'
  /** 0..255, feeds the windows' own random numbers. */
  readonly seed: number
}

export interface Tree {
  readonly s: number
  readonly x: number
  readonly y: number
  readonly base: number
  readonly kind: 'broadleaf' | 'conifer' | 'bush'
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

export interface Sign {
  readonly s: number
  readonly x: number
  readonly y: number
  readonly base: number
  /** Heading of the drivers that the plate is for, radians: it faces against them. */
  readonly heading: number
  readonly shape: 'round' | 'triangle' | 'square'
  readonly height: number
}

export interface Furniture {
  readonly buildings: readonly Building[]
  readonly trees: readonly Tree[]
  readonly lamps: readonly Lamp[]
  readonly signs: readonly Sign[]
  readonly signals: readonly Signal[]
}

/** Height of kerbs, pavements and terrain over the carriageway, metres. */
export const kerbHeight = 0.12

/** Lateral offset of the blocks that close the cross streets; less than the least radius of a bend, as the land is. */
const crossLength = 50

export function furnish(seedOf: (stream: string) => Random, road: Road, street: Street, from: number, to: number): Furniture {
  const buildings = raiseBuildings(seedOf('buildings'), road, street, from, to)
  return {
    buildings,
    trees: plantTrees(seedOf('trees'), road, street, from, to),
    lamps: placeLamps(seedOf('lamps'), road, street, from, to),
    signs: placeSigns(seedOf('signs'), road, street),
    signals: placeSignals(road, street, kerbHeight),
  }
}

function raiseBuildings(random: Random, road: Road, street: Street, from: number, to: number): Building[] {
  const buildings: Building[] = []
  const add = (s0: number, s1: number, d0: number, d1: number, floors: number, roof: Building['roof']): void => {
    const heights = [road.height(s0), road.height(s1)]
    buildings.push({
      corners: [road.place(s0, d0), road.place(s1, d0), road.place(s1, d1), road.place(s0, d1)],
      s: (s0 + s1) / 2,
      base: Math.max(...heights) + kerbHeight,
      foot: Math.min(...heights) + kerbHeight - (heights[0] === heights[1] ? 0 : 0.3),
      floors,
      floorHeight: random.between(3, 3.4),
      facade: random.integer(0, 5),
      style: random.integer(0, 3),
      roof,
      seed: random.integer(0, 255),
    })
  }
  const city = street.setting === 'city'
  const tall = random.integer(3, 6)
  for (const side of [-1, 1] as const) {
    const front = (side < 0 ? street.kerbRight - street.pavement : street.kerbLeft + street.pavement) + side * street.setback
    const open = street.setting === 'park' && (side > 0 || random.chance(0.4))
    for (const [a, b] of outside(from, to, junctionSpans(street, 3.2, side))) {
      if (open) continue
      let s = a
      while (b - s > 9) {
        const width = Math.min(city ? random.between(12, 22) : random.between(9, 13), b - s)
        const rest = b - s - width
        const end = rest < 9 && city ? b : s + width
        const floors = city ? Math.max(2, tall + random.integer(-1, 1)) : random.integer(2, 3)
        const back = front + side * (city ? random.between(11, 15) : random.between(8, 10))
        add(s, end, front, back, floors, city ? 'flat' : 'gable')
        s = end + (city ? (random.chance(0.12) ? random.between(4, 8) : 0) : random.between(4, 9))
      }
    }
    // Along the cross streets, and closing their far ends.
    for (const { s, half, pavement } of street.junctions.filter((junction) => hasArm(junction, side))) {
      const margin = half + pavement + 0.4
      for (const along of [-1, 1]) {
        let d = Math.abs(front) + (city ? 15.5 : 14)
        while (!open && d < crossLength - 8) {
          const depth = Math.min(random.between(9, 15), crossLength - d)
          // The nearer end along the street first, so that the corners go round the same way.
          const [near, far] = along > 0 ? [margin, margin + 10] : [-margin - 10, -margin]
          add(s + near, s + far, side * d, side * (d + depth), city ? tall : 2, 'flat')
          d += depth + (city ? 0 : random.between(5, 9))
        }
      }
      add(s - 16, s + 16, side * crossLength, side * (crossLength + 10), city ? tall : 3, 'flat')
    }
  }
  // The view along the street ends at a block across it.
  add(to + 4, to + 14, -24, 0, tall, 'flat')
  add(to + 4, to + 14, 0, 24, tall + 1, 'flat')
  return buildings
}

function plantTrees(random: Random, road: Road, street: Street, from: number, to: number): Tree[] {
  const trees: Tree[] = []
  const add = (s: number, d: number, kind: Tree['kind']): void => {
    const [x, y] = road.place(s, d)
    const height = kind === 'bush' ? random.between(0.9, 1.5) : kind === 'conifer' ? random.between(7, 10) : random.between(5.5, 8)
    const radius = kind === 'bush' ? random.between(0.7, 1.1) : kind === 'conifer' ? random.between(1.5, 2) : random.between(1.6, 2.4)
    trees.push({ s, x, y, base: road.height(s) + kerbHeight, kind, height, radius, tint: random.next(), turn: random.between(0, 6.28) })
  }
  const avenue = street.setting === 'city' ? random.chance(0.55) : random.chance(0.35)
  for (const side of [-1, 1] as const) {
    const kerb = side < 0 ? street.kerbRight : street.kerbLeft
    const outer = kerb + side * street.pavement
    const free = outside(from, to, junctionSpans(street, 9, side))
    if (avenue) {
      const spacing = random.between(11, 16)
      for (const [a, b] of free) for (let s = a + random.between(1, 5); s < b; s += spacing) add(s, kerb + side * 0.9, 'broadleaf')
    }
    for (const [a, b] of free) {
      if (street.setting === 'suburb') {
        for (let s = a; s < b; s += random.between(5, 12)) {
          if (random.chance(0.5)) add(s, outer + side * random.between(0.9, 1.6), 'bush')
          else if (random.chance(0.4)) add(s, outer + side * random.between(12, 22), random.chance(0.4) ? 'conifer' : 'broadleaf')
        }
      }
      if (street.setting === 'park') {
        for (let s = a; s < b; s += random.between(4, 9)) {
          add(s, outer + side * random.between(2.5, 6), random.chance(0.25) ? 'bush' : 'broadleaf')
          add(s + random.between(0, 3), outer + side * random.between(10, 22), random.chance(0.35) ? 'conifer' : 'broadleaf')
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
      lamps.push({ s, x, y, base: road.height(s) + kerbHeight, height, heading: road.at(s).heading + (side < 0 ? Math.PI / 2 : -Math.PI / 2), arm: 1.9 })
    }
  }
  return lamps
}

function placeSigns(random: Random, road: Road, street: Street): Sign[] {
  const signs: Sign[] = []
  const add = (s: number, side: number, shape: Sign['shape']): void => {
    const d = (side < 0 ? street.kerbRight : street.kerbLeft) + side * 0.5
    const [x, y] = road.place(s, d)
    signs.push({ s, x, y, base: road.height(s) + kerbHeight, heading: road.at(s).heading + (side < 0 ? 0 : Math.PI), shape, height: 2.3 })
  }
  for (const crossing of street.crossings) {
    add(crossing.from - 1.6, -1, random.chance(0.5) ? 'square' : 'triangle')
    if (street.oncomingLanes > 0) add(crossing.to + 1.6, 1, 'square')
  }
  for (const { s, half } of street.junctions) if (random.chance(0.7)) add(s + half + 14, -1, 'round')
  return signs
}
