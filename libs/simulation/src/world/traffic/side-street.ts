import type { Random } from '../../random.ts'
import { lightStateAt } from '../signals.ts'
import { hasArm, type Junction, type Street } from '../street.ts'
import { History } from './history.ts'
import { idmAcceleration } from './idm.ts'
import { before, behind, drawVehicle, front, type LaneVehicle, rear } from './lane-vehicle.ts'

/** Vehicles of one arm of a junction that wait for their green and go straight over; places are offsets times `direction`. */
export interface SideQueue {
  readonly junction: Junction
  /** 1: from the right arm to the left, -1: from the left to the right. */
  readonly direction: 1 | -1
  /** Arc length of the lane's centre. */
  readonly s: number
  /** Where the first one's bumper waits, where the far kerb's walkers end, and where the last metres of the street begin. */
  readonly line: number
  readonly clear: number
  readonly end: number
  readonly vehicles: LaneVehicle[]
  /** How many of them have set out. */
  released: number
}

const fastest = 7.5

/** The queues of a junction. Where there are no lights, or no street on the other side, whoever is there waits. */
export function fillSideStreets(seedOf: (stream: string) => Random, street: Street, junction: Junction): SideQueue[] {
  return ([1, -1] as const).flatMap((direction) => {
    const side = direction > 0 ? -1 : 1
    if (!hasArm(junction, side)) return []
    const random = seedOf(`side street ${junction.index} ${direction}`)
    const count = goesOn(junction, direction) ? random.integer(0, 3) : random.chance(0.55) ? 1 : 0
    const line = -(Math.abs(side < 0 ? street.kerbRight : street.kerbLeft) + street.pavement + 0.7)
    const exit = Math.abs(side < 0 ? street.kerbLeft : street.kerbRight) + street.pavement
    const vehicles: LaneVehicle[] = []
    let bumper = line - random.between(0, 2)
    for (let i = 0; i < count; i++) {
      const drawn = drawVehicle(random, fastest)
      const number = 20000 + (junction.index % 400) * 20 + (direction > 0 ? 0 : 10) + i
      vehicles.push({ ...drawn, aside: 0, number, history: new History(bumper - drawn.length / 2, 0) })
      bumper -= drawn.length + random.between(1.6, 3)
    }
    return [
      {
        junction,
        direction,
        s: junction.s + (direction * junction.half) / 2,
        line,
        clear: exit + 0.6,
        end: exit + 48,
        vehicles,
        released: 0,
      },
    ]
  })
}

/** Whether a queue can ever cross. */
export function goesOn(junction: Junction, direction: 1 | -1): boolean {
  return junction.signals && hasArm(junction, direction > 0 ? 1 : -1)
}

/** Those on their way over who have not yet left the far pavement's line. */
export function isCrossing({ vehicles, released, clear }: SideQueue): boolean {
  return vehicles.slice(0, released).some((vehicle) => rear(vehicle) < clear)
}

/** Whether the next one has green, and time to be over before the main road has. */
export function hasTime(queue: SideQueue, street: Street, seconds: number): boolean {
  const next = queue.vehicles[queue.released] as LaneVehicle | undefined
  const { junction, direction, clear, line } = queue
  if (next === undefined || !goesOn(junction, direction) || front(next) < line - 2.5) return false
  if (lightStateAt(street, junction.index, 'cross', seconds) !== 'green') return false
  const needed = Math.sqrt((2 * (clear - rear(next))) / next.driver.acceleration) + 0.5
  for (let t = 0; t < needed; t += 0.5) if (lightStateAt(street, junction.index, 'main', seconds + t) !== 'red') return false
  return true
}

/** One step of a queue. */
export function stepQueue(queue: SideQueue): (() => void)[] {
  return queue.vehicles.map((vehicle, i) => {
    const leader = queue.vehicles[i - 1] as LaneVehicle | undefined
    const obstacles = [before(vehicle, i < queue.released ? queue.end : queue.line)]
    if (leader !== undefined) obstacles.push(behind(vehicle, leader))
    // Nobody waits its turn by creeping: it goes up to the line when the one before has left.
    const acceleration = idmAcceleration(vehicle.history.speed, { ...vehicle.driver, desiredSpeed: fastest }, obstacles)
    return () => {
      vehicle.history.advance(acceleration)
    }
  })
}
