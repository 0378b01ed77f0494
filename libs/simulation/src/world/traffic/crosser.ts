import type { Random } from '../../random.ts'
import { type Crossing, hasArm, type Junction, type Street } from '../street.ts'
import { History } from './history.ts'
import type { PersonShape } from './shapes.ts'

/** Somebody who goes straight over the main road on a zebra crossing; `history.place` is metres along the way, from the side where the way begins. */
export interface Crosser {
  readonly number: number
  readonly shape: PersonShape
  readonly scale: number
  readonly palette: number
  readonly s: number
  readonly crossing: Crossing
  readonly junction: Junction
  /** 1: from right to left (growing offset), -1: from left to right. */
  readonly direction: 1 | -1
  /** Offset where the way begins. */
  readonly from: number
  readonly history: History
  readonly speed: number
  /** Offsets, along the way, of the gates where one waits: before the pavement's walkers, at the kerb, before the far pavement's walkers; and the end. */
  readonly gates: readonly number[]
  /** Gates that are behind. */
  passed: number
}

export const offsetOf = ({ from, direction, history }: Crosser, place = history.place): number => from + direction * place

/** Half the depth of a person, metres; where one waits behind the kerb; the strip of the pavement where others walk, from the kerb. */
const halfDepth = 0.28
const waitBehindKerb = 0.5
export const walkersFrom = 1.05

/**
 * A person for a crossing on one of its two lines.
 *
 * @param line 0: from right to left, 1: from left to right, far enough from each other
 */
export function drawCrosser(random: Random, street: Street, crossing: Crossing, junction: Junction, line: 0 | 1, number: number): Crosser {
  const direction = line === 0 ? 1 : -1
  const away = crossing.to <= junction.s ? -1 : 1
  const s = junction.s + away * (junction.half + (line === 0 ? 1.52 : 2.2))
  const near = direction > 0 ? street.kerbRight : street.kerbLeft
  const far = direction > 0 ? street.kerbLeft : street.kerbRight
  const startArm = hasArm(junction, direction > 0 ? -1 : 1)
  const endArm = hasArm(junction, direction > 0 ? 1 : -1)
  const kerb = near - direction * waitBehindKerb
  const strip = near - direction * (street.pavement + halfDepth + 0.1)
  const farKerb = far + direction * waitBehindKerb
  const shape = random.pick<PersonShape>(['pedestrian', 'pedestrian', 'pedestrian-coat', 'pedestrian-coat', 'child'])
  // Half of them wait at the kerb already; others come along the side street.
  const onPavement = !startArm || random.chance(0.5)
  const from = onPavement ? kerb : strip - direction * random.between(0.3, 9)
  const along = (d: number): number => Math.max(0, (d - from) * direction)
  const end = endArm ? farKerb + direction * (street.pavement + random.between(12, 26)) : farKerb
  return {
    number,
    shape,
    scale: scaleOf(random, shape),
    palette: random.integer(0, 5),
    s,
    crossing,
    junction,
    direction,
    from,
    history: new History(0, 0),
    speed: random.between(1.1, 1.6) * (shape === 'child' ? 0.9 : 1),
    gates: [...(onPavement ? [] : [along(strip)]), along(kerb), along(farKerb), along(end)],
    passed: 0,
  }
}

export function scaleOf(random: Random, shape: PersonShape): number {
  return shape === 'child' ? random.between(0.6, 0.8) : random.between(0.91, 1.06)
}

/** What the next gate is. */
export function nextGate({ gates, passed }: Crosser): 'pavement' | 'kerb' | 'far-pavement' | 'end' {
  return (['pavement', 'kerb', 'far-pavement', 'end'] as const)[4 - gates.length + passed]
}

/** Whether the person is on the main road or has set out to it and has not yet left a lane (its centre and width). */
export function holdsLane(crosser: Crosser, centre: number, width: number): boolean {
  if (nextGate(crosser) !== 'far-pavement') return false
  return (centre - offsetOf(crosser)) * crosser.direction + width / 2 + 0.5 > 0
}

/** The side of the street (-1 right, 1 left) whose pavement the person is crossing between its gates; 0 = none. */
export function pavementCrossed(crosser: Crosser, street: Street): -1 | 0 | 1 {
  const d = offsetOf(crosser)
  const gate = nextGate(crosser)
  const [near, far] = crosser.direction > 0 ? ([-1, 1] as const) : ([1, -1] as const)
  const beyondKerb = (side: -1 | 1): number => (d - (side < 0 ? street.kerbRight : street.kerbLeft)) * side
  if (gate === 'kerb' && crosser.passed > 0 && beyondKerb(near) > walkersFrom - halfDepth - 0.05) return near
  if (gate === 'end' && beyondKerb(far) < street.pavement + halfDepth) return far
  return 0
}

/** One step: on to the next gate, through it when it is open. */
export function stepCrosser(crosser: Crosser, isOpen: (gate: 'pavement' | 'kerb' | 'far-pavement') => boolean, step: number): () => void {
  const { history, gates, speed } = crosser
  const gate = nextGate(crosser)
  const reach = (): number => gates[crosser.passed] - history.place
  if (reach() < 1e-6 && gate !== 'end' && isOpen(gate)) crosser.passed++
  // Walks up to speed and stops within a step.
  const next = Math.min(speed, history.speed + 1.8 * step, Math.max(0, reach()) / step)
  return () => {
    history.move(next)
  }
}
