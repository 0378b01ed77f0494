import type { Random } from '../random.ts'
import type { Road } from './road.ts'
import { junctionSpans, type Street } from './street.ts'

/** Small things on the pavement. `s` to its middle; it faces the road. */
export interface Prop {
  readonly kind: 'bollard' | 'bin' | 'hydrant' | 'pillar' | 'cabinet' | 'shelter'
  readonly s: number
  readonly x: number
  readonly y: number
  readonly base: number
  /** Towards the road, radians. */
  readonly heading: number
}

/** Bollards at crossings, bins, hydrants, cabinets, advertising pillars; bus shelters where there is room behind the pavement. */
export function placeProps(random: Random, road: Road, street: Street, from: number, to: number, kerbHeight: number): Prop[] {
  const props: Prop[] = []
  const blocked = junctionSpans(street, 6.5)
  for (const side of [-1, 1] as const) {
    const kerb = side < 0 ? street.kerbRight : street.kerbLeft
    const add = (kind: Prop['kind'], s: number, out: number): void => {
      const [x, y, z] = road.place3(s, kerb + side * out, kerbHeight)
      props.push({ kind, s, x, y, base: z, heading: road.at(s).heading - (side * Math.PI) / 2 })
    }
    if (random.chance(0.5)) {
      for (const { from: a, to: b } of street.crossings) for (const s of [a - 0.7, b + 0.7]) add('bollard', s, 0.42)
    }
    if (street.setting === 'city' && random.chance(0.25)) {
      for (let s = from; s < to; s += 3) if (!blocked.some(([a, b]) => s > a && s < b)) add('bollard', s, 0.42)
    }
    for (let s = from + random.between(0, 20); s < to; s += random.between(16, 45)) {
      if (blocked.some(([a, b]) => s > a && s < b)) continue
      const kind = random.pick<Prop['kind']>(
        street.setting === 'city' ? ['bin', 'bin', 'hydrant', 'cabinet', 'pillar'] : ['bin', 'hydrant', 'cabinet'],
      )
      add(kind, s, kind === 'pillar' ? 0.9 : 0.62)
    }
    if (street.setting === 'city') continue
    for (let s = from + random.between(20, 90); s < to; s += random.between(90, 200)) {
      if (blocked.some(([a, b]) => s > a - 4 && s < b + 4)) continue
      add('shelter', s, street.pavement + 1.15)
    }
  }
  return props
}
