import { junctionSpans, outside, type Street } from './street.ts'

/** A place on the road: arc length and lateral offset, metres. */
export type Place = readonly [s: number, d: number]

/** A painted shape: its outline, and the convex pieces (3 or 4 corners, counter-clockwise from above) that fill it. */
export interface Marking {
  readonly kind: 'arrow' | 'bay'
  readonly ring: readonly Place[]
  readonly pieces: readonly (readonly Place[])[]
}

/** Metres along the street of one parking bay, and width of its marks. */
const bayLength = 6
const markWidth = 0.1

/** Where an arrow's tip is in front of the stop line, metres. */
const arrowGap = 7

/** Arrows before the lights of roads with several lanes, and marks between parking bays, between two arc lengths. */
export function markingsOf(street: Street, from: number, to: number): Marking[] {
  return [...arrows(street), ...bays(street, from, to)].filter(({ ring }) => ring.every(([s]) => s > from && s < to))
}

function arrows(street: Street): Marking[] {
  const { junctions, stopLines, forwardLanes, oncomingLanes, laneWidth } = street
  return stopLines.flatMap(({ junction: index, forward, s }) => {
    const junction = junctions[index]
    const lanes = forward ? forwardLanes : oncomingLanes
    if (!junction.signals || lanes < 2) return []
    const way = forward ? 1 : -1
    const { left, right } = forward ? junction.arms : { left: junction.arms.right, right: junction.arms.left }
    return Array.from({ length: lanes }, (_, lane) => {
      const d = -way * (lane + 0.5) * laneWidth
      // Lane 0 is the one by the middle. At a T-junction without an arm ahead of a turn, all go straight on.
      const turn = lane === 0 && left ? 1 : lane === lanes - 1 && right ? -1 : 0
      return arrow(s - way * (arrowGap + 4), d, way, turn)
    })
  })
}

/** @param way 1 along the street, -1 against it; @param turn 1 to the driver's left, -1 right, 0 straight on */
function arrow(s: number, d: number, way: 1 | -1, turn: 1 | -1 | 0): Marking {
  const at = (u: number, v: number): Place => [s + way * u, d + way * v]
  if (turn === 0) {
    return {
      kind: 'arrow',
      ring: [at(0, -0.1), at(2.4, -0.1), at(2.4, -0.42), at(4, 0), at(2.4, 0.42), at(2.4, 0.1), at(0, 0.1)],
      pieces: [
        [at(0, -0.1), at(2.4, -0.1), at(2.4, 0.1), at(0, 0.1)],
        [at(2.4, -0.42), at(4, 0), at(2.4, 0.42)],
      ],
    }
  }
  // Drawn to the left; the other one is its mirror image, the other way round.
  const side = (u: number, v: number): Place => at(u, turn * v)
  const facing = (piece: readonly Place[]): readonly Place[] => (turn > 0 ? piece : piece.toReversed())
  return {
    kind: 'arrow',
    ring: facing([
      side(0, -0.1),
      side(3.1, -0.1),
      side(3.1, 0.5),
      side(3.6, 0.5),
      side(2.9, 1.15),
      side(2.2, 0.5),
      side(2.7, 0.5),
      side(2.7, 0.1),
      side(0, 0.1),
    ]),
    pieces: [
      [side(0, -0.1), side(3.1, -0.1), side(3.1, 0.1), side(0, 0.1)],
      [side(2.7, 0.1), side(3.1, 0.1), side(3.1, 0.5), side(2.7, 0.5)],
      [side(2.2, 0.5), side(3.6, 0.5), side(2.9, 1.15)],
    ].map(facing),
  }
}

function bays(street: Street, from: number, to: number): Marking[] {
  if (!street.bays) return []
  const crossings = street.crossings.map(({ from: a, to: b }) => [a - 5.5, b + 5.5] as const)
  const marks: Marking[] = []
  for (const [here, d0, d1] of [
    [street.parkingRight, street.kerbRight + 0.1, street.edgeRight - 0.1],
    [street.parkingLeft, street.edgeLeft + 0.1, street.kerbLeft - 0.1],
  ] as const) {
    if (!here) continue
    for (const [a, b] of outside(from, to, [...junctionSpans(street, 6.5), ...crossings])) {
      for (let s = Math.ceil(a / bayLength) * bayLength; s < b; s += bayLength) {
        const ring: Place[] = [
          [s, d0],
          [s + markWidth, d0],
          [s + markWidth, d1],
          [s, d1],
        ]
        marks.push({ kind: 'bay', ring, pieces: [ring] })
      }
    }
  }
  return marks
}
