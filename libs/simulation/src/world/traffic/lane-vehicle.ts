import type { Random } from '../../random.ts'
import type { Driver, Obstacle } from './idm.ts'
import type { History } from './history.ts'
import { type Shape, shapeSizes, type VehicleShape } from './shapes.ts'

/** A vehicle in a flow; `history.place` is its middle in metres along the way that the flow goes. */
export interface LaneVehicle {
  readonly number: number
  readonly shape: VehicleShape | 'ego'
  readonly length: number
  readonly width: number
  readonly palette: number
  /** Metres to the left of the lane's centre, as its driver sees it. */
  readonly aside: number
  readonly driver: Driver
  readonly history: History
}

export const egoSize = [4.6, 1.85] as const

/** Wider than this, a vehicle does not pass a cyclist in its own lane. */
const narrow = 1.9

export function sharesLane({ shape, width }: LaneVehicle): boolean {
  return shape !== 'ego' && width <= narrow
}

export const front = ({ history, length }: LaneVehicle): number => history.place + length / 2
export const rear = ({ history, length }: LaneVehicle): number => history.place - length / 2

/** The vehicle ahead as an obstacle. */
export function behind(me: LaneVehicle, leader: LaneVehicle): Obstacle {
  return { gap: rear(leader) - front(me), speed: leader.history.speed }
}

/** A line to stop at as an obstacle: one stops nearer to it than to a bumper. */
export function before(me: LaneVehicle, line: number): Obstacle {
  return { gap: Math.max(0.3, line - front(me) + me.driver.jamGap - 0.5), speed: 0 }
}

/** Whether a vehicle can still stop before a line without hard braking. */
export function canStop(me: LaneVehicle, line: number, deceleration: number): boolean {
  const gap = line - front(me)
  return gap > -0.4 && me.history.speed ** 2 <= 2 * deceleration * Math.max(gap, 0.02)
}

const shares: readonly (readonly [VehicleShape, number])[] = [
  ['hatchback', 5],
  ['saloon', 5],
  ['suv', 4],
  ['van', 2],
  ['truck', 2],
  ['bus', 2],
  ['motorcycle', 2],
  ['tractor-trailer', 1],
]
const mix = shares.flatMap(([shape, share]) => Array.from({ length: share }, () => shape))

const slow: Partial<Record<Shape, number>> = { truck: 7, bus: 6.5, 'tractor-trailer': 6.5 }

export function drawVehicle(random: Random, speed: number): Omit<LaneVehicle, 'number' | 'history'> {
  const shape = random.pick(mix)
  const [length, width] = shapeSizes[shape]
  const spread = random.between(-0.6, 0.6)
  return {
    shape,
    length,
    width,
    palette: random.integer(0, 5),
    aside: shape === 'motorcycle' ? random.between(-0.35, 0.45) : 0,
    driver: {
      desiredSpeed: Math.max(3, Math.min(slow[shape] ?? 9, speed + spread)),
      headway: random.between(1.1, 1.7),
      jamGap: random.between(1.8, 2.6),
      acceleration: length > 7 ? 1 : 1.5,
      deceleration: 2,
    },
  }
}

export function drawCyclist(random: Random): Omit<LaneVehicle, 'number' | 'history'> {
  const [length, width] = shapeSizes.bicycle
  return {
    shape: 'bicycle',
    length,
    width,
    palette: random.integer(0, 5),
    aside: 0,
    driver: { desiredSpeed: random.between(3.8, 5.6), headway: 0.9, jamGap: 1.2, acceleration: 0.9, deceleration: 1.8 },
  }
}

/** The fastest at which one may begin behind others and before lines that are closed, so that nobody has to brake hard. */
export function startSpeed(desired: number, obstacles: readonly Obstacle[]): number {
  return obstacles.reduce(
    (speed, { gap, speed: leader }) => Math.min(speed, Math.sqrt(leader ** 2 + 2 * 1.2 * Math.max(0, gap - 2.6))),
    desired,
  )
}
