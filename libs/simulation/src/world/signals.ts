import type { Road } from './road.ts'
import { hasArm, type Junction, type Street } from './street.ts'

export type LightState = 'red' | 'yellow' | 'green'
export type Approach = 'main' | 'cross'

/** Seconds of green for each approach, of yellow, and of red for all. */
const green = { main: 9, cross: 6 } as const
const yellow = 3
const allRed = 1
const cycle = green.main + green.cross + 2 * (yellow + allRed)

/** The state of a junction's lights for an approach at a time of the drive; undefined where it has none. */
export function lightStateAt(street: Street, junction: number, approach: Approach, seconds: number): LightState | undefined {
  const { signals, offset } = street.junctions[junction]
  if (!signals) return undefined
  const start = approach === 'main' ? 0 : green.main + yellow + allRed
  const at = (((seconds + offset - start) % cycle) + cycle) % cycle
  return at < green[approach] ? 'green' : at < green[approach] + yellow ? 'yellow' : 'red'
}

/** When the state changes between 0 and `until` seconds, the state at 0 first. */
export function lightChanges(street: Street, junction: number, approach: Approach, until: number): { at: number; state: LightState }[] {
  const { offset } = street.junctions[junction]
  const start = approach === 'main' ? 0 : green.main + yellow + allRed
  const edges = [0, green[approach], green[approach] + yellow].map((edge) => edge + start - offset)
  const times = [0]
  for (let turn = -2; turn * cycle < until + 2 * cycle; turn++) times.push(...edges.map((edge) => edge + turn * cycle))
  const changes: { at: number; state: LightState }[] = []
  for (const at of times.filter((time) => time >= 0 && time <= until).sort((a, b) => a - b)) {
    // A hair after the edge, so that rounding does not give the state before it.
    const state = lightStateAt(street, junction, approach, at + 1e-6)
    if (state !== undefined && changes.at(-1)?.state !== state) changes.push({ at, state })
  }
  return changes
}

/** Number of groups of lamps that the frame's uniform tells the state of. */
export const signalGroups = 192

/** Groups of lamps that show the same: two per junction, numbered so for vertex bytes and the frame's uniform. */
export function signalGroup(junction: number, approach: Approach): number {
  return (2 * junction + (approach === 'main' ? 0 : 1)) % signalGroups
}

const stateCodes = { red: 0, yellow: 1, green: 2 } as const

/** The lamp that is lit in every group, counted from the top: 0 red, 1 yellow, 2 green; -1 where the group has no lights. */
export function signalStates(street: Street, seconds: number): Float32Array<ArrayBuffer> {
  const states = new Float32Array(signalGroups).fill(-1)
  for (const { index, signals } of street.junctions) {
    if (!signals) continue
    for (const approach of ['main', 'cross'] as const) {
      const state = lightStateAt(street, index, approach, seconds)
      if (state !== undefined) states[signalGroup(index, approach)] = stateCodes[state]
    }
  }
  return states
}

/** Half extents of a head (thickness, width, height), metres. */
export const headHalf = [0.11, 0.16, 0.46] as const

/** A post with one or more heads that face the drivers of one approach. */
export interface Signal {
  readonly junction: number
  readonly approach: Approach
  readonly s: number
  readonly x: number
  readonly y: number
  readonly base: number
  readonly height: number
  /** Heading of the drivers that it is for, radians. */
  readonly heading: number
  /** Metres by which heads stand off the post, to the drivers' left; 0 = on the post. An arm carries those off the post. */
  readonly heads: readonly { readonly left: number; readonly up: number }[]
}

const postHeight = 3.6
const armHeight = 6

/** The lights of every junction that has them, each at the far side of the junction as its drivers see it. */
export function placeSignals(road: Road, street: Street, kerb: number): Signal[] {
  return street.junctions.filter(({ signals }) => signals).flatMap((junction) => signalsOf(road, street, junction, kerb))
}

function signalsOf(road: Road, street: Street, junction: Junction, kerb: number): Signal[] {
  const { index, s, half } = junction
  const { heading } = road.at(s)
  const signals: Signal[] = []
  const add = (approach: Approach, at: number, d: number, turn: number, lanes: number, toKerb: number): void => {
    const [x, y, z] = road.place3(at, d)
    const over = lanes >= 2
    const heads = over
      ? Array.from({ length: Math.min(3, lanes) }, (_, i) => ({ left: toKerb + (i + 0.5) * street.laneWidth, up: armHeight - 0.75 }))
      : [{ left: 0, up: postHeight - 0.55 }]
    if (over) heads.push({ left: 0, up: 3.05 })
    signals.push({ junction: index, approach, s: at, x, y, base: z + kerb, height: over ? armHeight : postHeight, heading: turn, heads })
  }
  const beside = 0.75
  const [right, left] = [street.kerbRight - beside, street.kerbLeft + beside]
  add('main', s + half + beside, right, heading, street.forwardLanes, street.edgeRight - right)
  if (street.oncomingLanes > 0) add('main', s - half - beside, left, heading + Math.PI, street.oncomingLanes, left - street.edgeLeft)
  if (hasArm(junction, -1)) add('cross', s + half + beside, left, heading + Math.PI / 2, 1, 0)
  if (hasArm(junction, 1)) add('cross', s - half - beside, right, heading - Math.PI / 2, 1, 0)
  return signals
}

/** World x and y of a head's middle, and its height over the post's foot. */
export function headPlace({ x, y, heading }: Signal, { left, up }: Signal['heads'][number]): [number, number, number] {
  // Heads on the post itself hang in front of it, towards their drivers.
  const back = left === 0 ? 0.22 : 0
  const [cos, sin] = [Math.cos(heading), Math.sin(heading)]
  return [x - sin * left - cos * back, y + cos * left - sin * back, up]
}
