import type { Random } from '../random.ts'

export type Setting = 'city' | 'suburb' | 'park'

/** A cross street at arc length s. It has one lane each way, as wide as the main road's lanes. */
export interface Junction {
  readonly s: number
  readonly half: number
  /** Width of the cross street's pavements. */
  readonly pavement: number
}

/** A zebra crossing of the main road between two arc lengths. */
export interface Crossing {
  readonly from: number
  readonly to: number
}

/** A painted stop line across a range of lateral offsets. */
export interface StopLine {
  readonly s: number
  readonly dFrom: number
  readonly dTo: number
}

/** The cross-section of the street and what interrupts it. Lateral offsets in metres, left positive; the centre line is d = 0. */
export interface Street {
  readonly setting: Setting
  readonly laneWidth: number
  readonly forwardLanes: number
  readonly oncomingLanes: number
  /** Lane of the ego, 0 = the one next to the centre line. */
  readonly egoLane: number
  readonly centreLine: 'double-solid' | 'long-dashed' | 'solid'
  readonly centreColour: 'white' | 'yellow'
  readonly parkingRight: boolean
  readonly parkingLeft: boolean
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

export function layStreet(random: Random, from: number, to: number): Street {
  const setting = random.pick<Setting>(['city', 'city', 'suburb', 'park'])
  const [forwardLanes, oncomingLanes] = random.pick<readonly [number, number]>([
    [1, 1],
    [1, 1],
    [2, 1],
    [2, 2],
    [2, 2],
    [2, 0],
    [3, 0],
  ])
  const laneWidth = random.pick([3.3, 3.5])
  const edgeRight = -forwardLanes * laneWidth
  const edgeLeft = oncomingLanes * laneWidth
  const parkingRight = setting !== 'park' && random.chance(0.6)
  const parkingLeft = setting !== 'park' && random.chance(0.5)
  const kerbRight = edgeRight - (parkingRight ? parkingWidth : 0.45)
  const kerbLeft = edgeLeft + (parkingLeft ? parkingWidth : 0.45)
  const pavement = random.pick(setting === 'city' ? [3.2, 4] : [2.2, 2.6])
  const junctions: Junction[] = []
  for (let s = from + random.between(45, 90); s < to - 70; s += random.between(85, 150))
    junctions.push({ s, half: laneWidth, pavement: 2.4 })
  const crossings: Crossing[] = []
  const stopLines: StopLine[] = []
  for (const { s, half } of junctions) {
    if (random.chance(0.85)) {
      const to = s - half - 1.2
      crossings.push({ from: to - 3.5, to })
      stopLines.push({ s: to - 4.7, dFrom: edgeRight + 0.1, dTo: oncomingLanes === 0 ? -0.1 : -0.12 })
    }
    if (random.chance(0.85)) {
      const from = s + half + 1.2
      crossings.push({ from, to: from + 3.5 })
      if (oncomingLanes > 0) stopLines.push({ s: from + 4.7, dFrom: 0.12, dTo: edgeLeft - 0.1 })
    }
  }
  const yellow = random.chance(0.3)
  return {
    setting,
    laneWidth,
    forwardLanes,
    oncomingLanes,
    egoLane: random.integer(0, forwardLanes - 1),
    centreLine: yellow ? 'double-solid' : forwardLanes + oncomingLanes === 2 ? 'long-dashed' : 'solid',
    centreColour: yellow ? 'yellow' : 'white',
    parkingRight,
    parkingLeft,
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

/** Spans of the cross streets' carriageways, each widened by a margin (metres). */
export function junctionSpans(street: Street, margin = 0): [number, number][] {
  return street.junctions.map(({ s, half }) => [s - half - margin, s + half + margin])
}

/** Where lane lines are not painted: junctions with their crossings. */
export function unpaintedSpans(street: Street): [number, number][] {
  return street.junctions.map(({ s, half }) => [s - half - 6.1, s + half + 6.1])
}
