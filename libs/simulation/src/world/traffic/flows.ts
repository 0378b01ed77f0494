import type { Random } from '../../random.ts'
import { forwardLaneCentre, oncomingLaneCentre, type Street } from '../street.ts'
import type { Flow } from './flow.ts'
import { History } from './history.ts'
import { behind, drawCyclist, drawVehicle, egoSize, front, type LaneVehicle, startSpeed, before } from './lane-vehicle.ts'

/** The middle of the ego's box lies so far ahead of its origin, metres. */
export const egoMiddle = 1.1

/** How far ahead of the ego its way is filled, metres. */
const ahead = 210

/** What the ego wants to drive, metres per second: 3 to 9. */
export function egoWish(random: Random): (seconds: number) => number {
  const mean = random.between(4, 8)
  const swing = Math.min(mean - 3, 9 - mean, random.between(0.2, 1.2))
  const omega = random.between(0.2, 0.45)
  const phase = random.between(0, 2 * Math.PI)
  return (t) => mean + swing * Math.sin(omega * t + phase)
}

/** Whether traffic at a place along a flow would stand at something at the drive's start: its lines. */
type LinesAtStart = (flow: Flow) => readonly number[]

/** All lanes with who is in them at the start. Of an oncoming lane those far off come in by `reach`, and nobody looks back: a longer drive adds to them and changes none. */
export function fillFlows(
  seedOf: (stream: string) => Random,
  street: Street,
  wish: (t: number) => number,
  seconds: number,
  lines: LinesAtStart,
): Flow[] {
  const flows: Flow[] = []
  for (let lane = 0; lane < street.forwardLanes; lane++)
    flows.push({ direction: 1, lane, d: forwardLaneCentre(street, lane), vehicles: [], cyclists: [] })
  for (let lane = 0; lane < street.oncomingLanes; lane++)
    flows.push({ direction: -1, lane, d: oncomingLaneCentre(street, lane), vehicles: [], cyclists: [] })
  for (const flow of flows) {
    const random = seedOf(`flow ${flow.direction} ${flow.lane}`)
    const start = flow.direction > 0 ? forwardStart(random, street, flow, wish, seconds) : oncomingStart(random, flow, seconds)
    settle(flow, start, lines(flow))
    const outermost = flow.lane === (flow.direction > 0 ? street.forwardLanes : street.oncomingLanes) - 1
    if (outermost) addCyclists(seedOf(`cyclists ${flow.direction}`), street, flow, seconds, lines(flow))
  }
  return flows
}

type Start = Omit<LaneVehicle, 'history'> & { readonly place: number }

/** The ego among those ahead and behind, or a lane beside it. */
function forwardStart(random: Random, street: Street, flow: Flow, wish: (t: number) => number, seconds: number): Start[] {
  const base = 1 + 150 * flow.lane
  const isEgoLane = flow.lane === street.egoLane
  const speed = isEgoLane ? wish(0) : Math.min(9, Math.max(3.5, wish(0) + random.between(-1.2, 1.8)))
  const draw = (number: number, place: number): Start => ({ ...drawVehicle(random, speed), number, place })
  const leaders: Start[] = []
  const most = isEgoLane ? random.integer(0, 4) : 99
  let place = isEgoLane ? egoMiddle + egoSize[0] / 2 + random.between(9, 30) : random.between(-8, 25)
  for (let k = 0; k < most; k++) {
    const drawn = draw(base + k, 0)
    if (place + drawn.length > ahead) break
    leaders.push({ ...drawn, place: place + drawn.length / 2 })
    place += drawn.length + random.between(8, 42)
  }
  const start = leaders.reverse()
  if (isEgoLane) {
    const driver = { desiredSpeed: wish(0), headway: 1.3, jamGap: 2.2, acceleration: 1.5, deceleration: 2 }
    start.push({ number: 0, shape: 'ego', length: egoSize[0], width: egoSize[1], palette: 0, aside: 0, driver, place: egoMiddle })
  }
  const last = start.at(-1)
  let bumper = (last === undefined ? -8 : last.place - last.length / 2) - random.between(9, 40)
  for (let k = 60; k < 140 && bumper > -70 - 3 * seconds; k++) {
    const drawn = draw(base + k, 0)
    start.push({ ...drawn, place: bumper - drawn.length / 2 })
    bumper -= drawn.length + random.between(9, 45)
  }
  return start
}

function oncomingStart(random: Random, flow: Flow, seconds: number): Start[] {
  const speed = random.between(4.5, 8)
  const start: Start[] = []
  // Metres ahead of the ego's start, growing: the first is the leader.
  let s = random.between(-40, 30)
  for (let k = 0; s < 240 + 18.5 * seconds; k++) {
    const drawn = drawVehicle(random, speed)
    start.push({ ...drawn, number: 1000 + 2000 * Math.min(flow.lane, 2) + k, place: -(s + drawn.length / 2) })
    s += drawn.length + random.between(10, 65)
  }
  return start
}

/** Puts them in the lane with speeds from which nobody has to brake hard; nobody begins on a line that is closed. */
function settle(flow: Flow, start: readonly Start[], lines: readonly number[]): void {
  for (const { place, ...vehicle } of start) {
    const probe: LaneVehicle = { ...vehicle, history: new History(place, 0) }
    const leader = flow.vehicles.at(-1)
    const obstacles = lines.filter((line) => line > front(probe)).map((line) => before(probe, line))
    if (leader !== undefined) obstacles.push(behind(probe, leader))
    flow.vehicles.push({ ...vehicle, history: new History(place, startSpeed(vehicle.driver.desiredSpeed, obstacles)) })
  }
}

/** A few cyclists at the right edge of the outermost lane, clear of those who do not share it. */
function addCyclists(random: Random, street: Street, flow: Flow, seconds: number, lines: readonly number[]): void {
  const chance = street.setting === 'city' ? 0.75 : 0.5
  if (!random.chance(chance)) return
  const aside = -(street.laneWidth / 2 - 0.36)
  const forward = flow.direction > 0
  let k = 0
  for (let s = random.between(12, 60); s < (forward ? 190 : 200 + 14 * seconds); s += random.between(18, 110)) {
    const cyclist: LaneVehicle = { ...drawCyclist(random), aside, number: (forward ? 8000 : 9000) + k++, history: new History(0, 0) }
    const place = flow.direction * s
    const near = flow.vehicles.some((other) => Math.abs(other.history.place - place) < other.length / 2 + 12)
    if (near) continue
    const probe = { ...cyclist, history: new History(place, 0) }
    const closed = lines.filter((line) => line > front(probe)).map((line) => before(probe, line))
    flow.cyclists.push({ ...cyclist, history: new History(place, startSpeed(cyclist.driver.desiredSpeed, closed)) })
  }
  if (forward) flow.cyclists.reverse()
}
