import type { Random } from '../../random.ts'
import type { Road } from '../road.ts'
import { junctionSpans, type Street } from '../street.ts'
import type { Placement } from './actor.ts'
import { standOn } from './ground.ts'
import { shapeSizes, type VehicleShape } from './shapes.ts'

export interface Parked {
  readonly number: number
  readonly shape: VehicleShape
  readonly palette: number
  readonly where: Placement
}

const mix: readonly VehicleShape[] = ['hatchback', 'hatchback', 'hatchback', 'saloon', 'saloon', 'saloon', 'suv', 'suv', 'van']

/** Vehicles in the parking lanes, clear of junctions and crossings. */
export function park(seedOf: (stream: string) => Random, road: Road, street: Street, from: number, to: number): Parked[] {
  const blocked = [...junctionSpans(street, 5), ...street.crossings.map((crossing) => [crossing.from - 5.5, crossing.to + 5.5] as const)]
  const parked: Parked[] = []
  for (const [here, d, turn, side] of [
    [street.parkingRight, street.kerbRight + 1.1, 0, 'right'],
    [street.parkingLeft, street.kerbLeft - 1.1, Math.PI, 'left'],
  ] as const) {
    if (!here) continue
    const random = seedOf(`parked ${side}`)
    for (let s = from, k = side === 'right' ? 10000 : 15000; s < to; k++) {
      const shape = random.pick(mix)
      const length = shapeSizes[shape][0]
      const middle = s + length / 2
      const where = standOn(road, middle, d + random.between(-0.08, 0.08), turn + random.between(-0.02, 0.02), length)
      const taken = random.chance(0.62)
      const palette = random.integer(0, 5)
      if (taken && !blocked.some(([a, b]) => middle + length / 2 > a && middle - length / 2 < b))
        parked.push({ number: k, shape, palette, where })
      s += length + random.between(0.9, 1.6)
    }
  }
  return parked
}
