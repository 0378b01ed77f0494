import type { Random } from '../random.ts'
import { junctionSpans, outside, type Side, type Street } from './street.ts'

/** A fence, wall, hedge or guard rail along the street between two arc lengths, at a lateral offset. */
export interface Barrier {
  readonly kind: 'guard-rail' | 'railing' | 'fence' | 'wall' | 'hedge'
  readonly from: number
  readonly to: number
  readonly d: number
  readonly side: Side
}

/** Guard rails and railings between road and pavement, fences, walls and hedges behind the pavement; open at junctions and crossings. */
export function placeBarriers(random: Random, street: Street, from: number, to: number): Barrier[] {
  const barriers: Barrier[] = []
  const crossings = street.crossings.map(({ from: a, to: b }) => [a - 1, b + 1] as const)
  for (const side of [-1, 1] as const) {
    const kerb = side < 0 ? street.kerbRight : street.kerbLeft
    const parking = side < 0 ? street.parkingRight : street.parkingLeft
    const atRoad = [...junctionSpans(street, 8, side), ...crossings]
    const add = (kind: Barrier['kind'], d: number, blocked: readonly (readonly [number, number])[], share: number): void => {
      for (const [a, b] of outside(from, to, blocked))
        if (b - a > 8 && random.chance(share)) barriers.push({ kind, from: a, to: b, d, side })
    }
    const rail = random.next()
    if (street.setting === 'city') {
      if (!parking && rail < 0.2) add('railing', kerb + side * 0.3, atRoad, 0.6)
      continue
    }
    if (!parking && rail < (street.setting === 'park' ? 0.45 : 0.2)) add('guard-rail', kerb + side * 0.3, atRoad, 0.8)
    const behind = kerb + side * (street.pavement + 0.35)
    const kind = random.pick<Barrier['kind']>(street.setting === 'park' ? ['fence', 'hedge', 'railing'] : ['fence', 'wall', 'hedge'])
    if (random.chance(0.55)) add(kind, behind, junctionSpans(street, 4, side), 0.8)
  }
  return barriers
}
