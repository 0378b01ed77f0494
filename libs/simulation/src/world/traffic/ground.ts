import type { Road } from '../road.ts'
import type { Placement } from './actor.ts'

/** World x, y of arc length s and offset d; beyond the road's ends straight on. */
export function placeAnywhere(road: Road, s: number, d: number): [number, number] {
  const inside = Math.min(Math.max(s, road.start + 1), road.end - 1)
  const [x, y] = road.place(inside, d)
  const { heading } = road.at(inside)
  return [x + (s - inside) * Math.cos(heading), y + (s - inside) * Math.sin(heading)]
}

/** A body of some length on the road at (s, d), turned from the road's direction: its ends stand on the ground. */
export function standOn(road: Road, s: number, d: number, turn: number, length: number, lift = 0): Placement {
  const [x, y] = placeAnywhere(road, s, d)
  const half = (length / 2) * Math.cos(turn)
  const [front, back] = [road.height(s + half), road.height(s - half)]
  const { heading } = road.at(s)
  return { x, y, z: (front + back) / 2 + lift, heading: heading + turn, pitch: Math.atan2(front - back, length) }
}
