import { idmAcceleration, type Obstacle } from './idm.ts'
import { before, behind, front, type LaneVehicle, rear, sharesLane } from './lane-vehicle.ts'

/** One lane's traffic, leader first, and the cyclists at its right edge. `direction` 1: places are arc lengths; -1: their negatives. */
export interface Flow {
  readonly direction: 1 | -1
  readonly lane: number
  /** Offset of the lane's centre. */
  readonly d: number
  readonly vehicles: LaneVehicle[]
  readonly cyclists: LaneVehicle[]
}

/** Lines at which a vehicle has to stop now, as places along the flow. */
export type ClosedLines = (flow: Flow, vehicle: LaneVehicle) => readonly number[]

/** What a member of a flow has ahead of it. */
export function obstaclesOf(flow: Flow, list: readonly LaneVehicle[], i: number, closed: ClosedLines): Obstacle[] {
  const me = list[i]
  const obstacles: Obstacle[] = []
  if (i > 0) obstacles.push(behind(me, list[i - 1]))
  const others = me.shape === 'bicycle' ? flow.vehicles : flow.cyclists
  // Cyclists and those too wide to pass them keep behind one another.
  for (const other of others) {
    const share = me.shape === 'bicycle' ? sharesLane(other) : sharesLane(me)
    if (!share && other.history.place > me.history.place) obstacles.push(behind(me, other))
  }
  for (const line of closed(flow, me)) obstacles.push(before(me, line))
  return obstacles
}

/** Beyond this distance ahead of the ego traffic goes no faster than the ego: it would run off the world. */
const horizon = 200

/** One step of a flow. All look at where the others were before it. */
export function stepFlow(
  flow: Flow,
  closed: ClosedLines,
  ego: { readonly place: number; readonly speed: number },
  seconds: number,
  egoSpeed: (t: number) => number,
): (() => void)[] {
  const moves: (() => void)[] = []
  for (const list of [flow.vehicles, flow.cyclists]) {
    for (const [i, vehicle] of list.entries()) {
      const { history, driver, shape } = vehicle
      let desiredSpeed = shape === 'ego' ? egoSpeed(seconds) : driver.desiredSpeed
      if (flow.direction === 1)
        desiredSpeed = Math.min(desiredSpeed, Math.max(0, ego.speed + (horizon + 20 - (history.place - ego.place)) / 5))
      const acceleration = idmAcceleration(history.speed, { ...driver, desiredSpeed }, obstaclesOf(flow, list, i, closed))
      moves.push(() => {
        history.advance(acceleration)
      })
    }
  }
  return moves
}

/** Whether somebody crosses a lane's lines safely: nobody stands on the span or is too near to stop before it. */
export function letsCross(flow: Flow, line: number, until: number, deceleration = 2): boolean {
  return [...flow.vehicles, ...flow.cyclists].every((vehicle) => {
    if (rear(vehicle) > until) return true
    const gap = line - front(vehicle)
    return gap > -0.3 && vehicle.history.speed ** 2 <= 2 * deceleration * Math.max(0, gap - 0.8) + 0.04
  })
}
