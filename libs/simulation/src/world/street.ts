import type { Random } from '../random.ts'
import { type Paint, pickPaint } from './paint.ts'

export type Setting = 'city' | 'suburb' | 'park'

/** A cross street at arc length s. It has one lane each way, as wide as the main road's lanes; a T-junction has one arm. */
export interface Junction {
  readonly index: number
  readonly s: number
  readonly half: number
  /** Width of the cross street's pavements. */
  readonly pavement: number
  readonly arms: { readonly left: boolean; readonly right: boolean }
  /** Whether it has traffic lights; their cycle is shifted by `offset` seconds. */
  readonly signals: boolean
  readonly offset: number
  /** The cross street's centre line. */
  readonly paint: Paint
}

/** A zebra crossing of the main road between two arc lengths. */
export interface Crossing {
  readonly from: number
  readonly to: number
}

/** A painted stop line of the main road across a range of lateral offsets, for those who drive forward or for those who come towards them. */
export interface StopLine {
  readonly junction: number
  readonly forward: boolean
  readonly s: number
  readonly dFrom: number
  readonly dTo: number
}

/** A painted lane line of the main road at a lateral offset. */
export interface PaintedLine extends Paint {
  readonly d: number
}

/** The cross-section of the street and what interrupts it. Lateral offsets in metres, left positive; the centre line is d = 0. */
export interface Street {
  readonly setting: Setting
  readonly laneWidth: number
  readonly forwardLanes: number
  readonly oncomingLanes: number
  /** Lane of the ego, 0 = the one next to the centre line. */
  readonly egoLane: number
  /** Every lane line of the cross-section, from right to left. */
  readonly lines: readonly PaintedLine[]
  readonly parkingRight: boolean
  readonly parkingLeft: boolean
  /** Whether parking bays are marked. */
  readonly bays: boolean
  readonly edgeRight: number
  readonly edgeLeft: number
  readonly kerbRight: number
  readonly kerbLeft: number
  readonly pavement: number
  readonly setback: number
  readonly junctions: readonly Junction[]
  readonly crossings: readonly Crossing[]
  readonly stopLines: readonly StopLine[]
}

const parkingWidth = 2.3

/** Lanes forward and oncoming: 2 to 6 in all, one way up to 4; the commoner ones more than once. */
const crossSections: readonly (readonly [number, number])[] = [
  ...[
    [1, 1],
    [1, 1],
    [1, 1],
    [2, 1],
    [1, 2],
    [2, 2],
    [2, 2],
    [2, 2],
    [3, 2],
    [2, 3],
    [3, 3],
    [3, 3],
    [2, 0],
    [3, 0],
    [4, 0],
  ].map(([forward, oncoming]) => [forward, oncoming] as const),
]

export function layStreet(random: Random, from: number, to: number): Street {
  const setting = random.pick<Setting>(['city', 'city', 'suburb', 'park'])
  const [forwardLanes, oncomingLanes] = random.pick(crossSections)
  const laneWidth = random.pick([3.3, 3.5])
  const edgeRight = -forwardLanes * laneWidth
  const edgeLeft = oncomingLanes * laneWidth
  const parkingRight = setting !== 'park' && random.chance(0.6)
  const parkingLeft = setting !== 'park' && random.chance(0.5)
  const kerbRight = edgeRight - (parkingRight ? parkingWidth : 0.45)
  const kerbLeft = edgeLeft + (parkingLeft ? parkingWidth : 0.45)
  const pavement = random.pick(setting === 'city' ? [3.2, 4] : [2.2, 2.6])
  const junctions: Junction[] = []
  const lit = forwardLanes + oncomingLanes > 3 ? 0.7 : 0.45
  for (let s = from + random.between(45, 90); s < to - 70; s += random.between(85, 150)) {
    const missing = random.chance(0.3) ? (random.chance(0.5) ? 'left' : 'right') : undefined
    junctions.push({
      index: junctions.length,
      s,
      half: laneWidth,
      pavement: 2.4,
      arms: { left: missing !== 'left', right: missing !== 'right' },
      signals: random.chance(lit),
      offset: random.between(0, 20),
      paint: pickPaint(random, 'crossCentre'),
    })
  }
  const crossings: Crossing[] = []
  const stopLines: StopLine[] = []
  for (const { index, s, half, signals } of junctions) {
    // Lights always have a stop line; the zebra crossing in front of it may be missing.
    const near = random.chance(0.85)
    if (near) crossings.push({ from: s - half - 4.7, to: s - half - 1.2 })
    const inner = oncomingLanes === 0 ? -0.1 : -0.3
    if (near || signals) stopLines.push({ junction: index, forward: true, s: s - half - 5.9, dFrom: edgeRight + 0.1, dTo: inner })
    const far = random.chance(0.85)
    if (far) crossings.push({ from: s + half + 1.2, to: s + half + 4.7 })
    if ((far || signals) && oncomingLanes > 0)
      stopLines.push({ junction: index, forward: false, s: s + half + 5.9, dFrom: 0.3, dTo: edgeLeft - 0.1 })
  }
  return {
    setting,
    laneWidth,
    forwardLanes,
    oncomingLanes,
    egoLane: random.integer(0, forwardLanes - 1),
    lines: drawLines(random, forwardLanes, oncomingLanes, laneWidth),
    parkingRight,
    parkingLeft,
    bays: random.chance(0.5),
    edgeRight,
    edgeLeft,
    kerbRight,
    kerbLeft,
    pavement,
    setback: setting === 'city' ? 0 : random.between(3, 6),
    junctions,
    crossings,
    stopLines,
  }
}

function drawLines(random: Random, forward: number, oncoming: number, width: number): PaintedLine[] {
  const lines: PaintedLine[] = [{ d: -forward * width, ...pickPaint(random, 'edge') }]
  const divider = pickPaint(random, 'divider')
  for (let i = forward - 1; i >= 1; i--) lines.push({ d: -i * width, ...divider })
  if (oncoming > 0) lines.push({ d: 0, ...pickPaint(random, forward + oncoming === 2 ? 'centreOfTwo' : 'centreOfMany') })
  const other = random.chance(0.8) ? divider : pickPaint(random, 'divider')
  for (let i = 1; i < oncoming; i++) lines.push({ d: i * width, ...other })
  lines.push({ d: oncoming * width, ...pickPaint(random, oncoming > 0 ? 'edge' : 'edgeOfOneWay') })
  return lines
}

/** Centre offset of forward lane i (0 = next to the centre line). */
export function forwardLaneCentre(street: Street, i: number): number {
  return -(i + 0.5) * street.laneWidth
}

export function oncomingLaneCentre(street: Street, i: number): number {
  return (i + 0.5) * street.laneWidth
}

/** The parts of [from, to] outside the given spans. */
export function outside(from: number, to: number, spans: readonly (readonly [number, number])[]): [number, number][] {
  const parts: [number, number][] = []
  let at = from
  for (const [a, b] of [...spans].sort((p, q) => p[0] - q[0])) {
    if (b <= at || a >= to) continue
    if (a > at) parts.push([at, a])
    at = Math.max(at, b)
  }
  if (at < to) parts.push([at, to])
  return parts
}

/** The side of the street that a kerb is on: -1 right, 1 left. */
export type Side = -1 | 1

/** Whether a junction opens the kerb of a side. */
export function hasArm(junction: Junction, side: Side): boolean {
  return side < 0 ? junction.arms.right : junction.arms.left
}

/** Spans of the cross streets' carriageways, each widened by a margin (metres); those of one side's arms where a side is given. */
export function junctionSpans(street: Street, margin = 0, side?: Side): [number, number][] {
  return street.junctions
    .filter((junction) => side === undefined || hasArm(junction, side))
    .map(({ s, half }) => [s - half - margin, s + half + margin])
}

/** Where lane lines are not painted: junctions with their crossings. */
export function unpaintedSpans(street: Street): [number, number][] {
  return street.junctions.map(({ s, half }) => [s - half - 6.1, s + half + 6.1])
}
