import type { Random } from '../random.ts'
import type { Road } from './road.ts'
import { hasArm, junctionSpans, outside, type Street } from './street.ts'

/** `flat-block` has a smaller block on its roof (stairs, lift), `shed` rises to one side. */
export type Roof = 'flat' | 'flat-block' | 'gable' | 'hip' | 'shed'

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
  readonly roof: Roof
  /** 0..255, feeds the windows' own random numbers. */
  readonly seed: number
}

/** Lateral offset of the blocks that close the cross streets; less than the least radius of a bend, as the land is. */
const crossLength = 50

const cityRoofs: readonly Roof[] = ['flat', 'flat', 'flat-block', 'flat-block', 'hip']
const houseRoofs: readonly Roof[] = ['gable', 'gable', 'hip', 'hip', 'shed', 'flat']

/** @param kerb height of the ground beside the road over the carriageway, metres */
export function raiseBuildings(random: Random, road: Road, street: Street, from: number, to: number, kerb: number): Building[] {
  const buildings: Building[] = []
  const add = (s0: number, s1: number, d0: number, d1: number, floors: number, roof: Roof): void => {
    const heights = [road.height(s0), road.height(s1)]
    buildings.push({
      corners: [road.place(s0, d0), road.place(s1, d0), road.place(s1, d1), road.place(s0, d1)],
      s: (s0 + s1) / 2,
      base: Math.max(...heights) + kerb,
      foot: Math.min(...heights) + kerb - (heights[0] === heights[1] ? 0 : 0.3),
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
  // Streets are of one height, or of buildings of every height.
  const mixed = random.chance(0.4)
  const storeys = (): number =>
    city ? Math.min(11, Math.max(2, tall + (mixed ? random.integer(-3, 4) : random.integer(-1, 1)))) : random.pick([1, 2, 2, 2, 3])
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
        const back = front + side * (city ? random.between(11, 15) : random.between(8, 10))
        const step = side * (city ? random.pick([0, 0, 0, 0.4, 1.2]) : random.between(0, 2.5))
        add(s, end, front + step, back + step, storeys(), random.pick(city ? cityRoofs : houseRoofs))
        s = end + (city ? (random.chance(0.12) ? random.between(4, 8) : 0) : random.between(4, 9))
      }
    }
    // Along the cross streets, and closing their far ends.
    for (const { s, half, pavement } of street.junctions.filter((junction) => hasArm(junction, side))) {
      const margin = half + pavement + 0.4
      for (const along of [-1, 1]) {
        let d = Math.abs(front) + (city ? 16.5 : 16)
        while (!open && d < crossLength - 8) {
          const depth = Math.min(random.between(9, 15), crossLength - d)
          // The nearer end along the street first, so that the corners go round the same way.
          const [near, far] = along > 0 ? [margin, margin + 10] : [-margin - 10, -margin]
          add(s + near, s + far, side * d, side * (d + depth), storeys(), 'flat')
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
