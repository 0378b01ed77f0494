import type { DrivableArea, MapElement, Polyline } from '@virga/scenario'
import { across, along } from './along.ts'
import type { SimulatedDrive } from './drive.ts'
import { kerbHeight } from './furniture.ts'
import { lanesAndLines } from './lanes.ts'
import { markingsOf } from './markings.ts'
import { headHalf, headPlace, lightChanges } from './signals.ts'
import { hasArm, type Junction, junctionSpans, outside, type Side, type Street } from './street.ts'

type World = Omit<SimulatedDrive, 'scenario'>

/** Metres of cross street that the map tells of, from the main road's kerb. */
export const crossReach = 40

/** Half the width and height, and the thickness, of sign plates, metres. */
export const signHalf = 0.35
const signThickness = 0.06

/** First and last arc length of the map, between which lane lines are painted: dashes are counted from where a line begins. */
export function mapExtent({ road, ego, seconds }: Pick<World, 'road' | 'ego' | 'seconds'>): [number, number] {
  return [road.start + 20, ego.sAt(seconds) + 228]
}

/** Metres of pole that stand over the middle of a sign's plate. */
const overPlate = 0.35

/** The HD map of the street, cut where it is cut in the pixels (junctions); broken lines stay one element with their pattern. */
export function mapOf(drive: World): MapElement[] {
  const { street, road } = drive
  const [from, to] = mapExtent(drive)
  const elements: MapElement[] = [...lanesAndLines(road, street, from, to), ...kerbs(drive, from, to), ...crossStreetLines(drive)]
  for (const [i, { from: a, to: b }] of street.crossings.entries()) {
    const [near, far] = [a, b].map((s) => across(road, s, street.kerbRight, street.kerbLeft, 0))
    const back = across(road, b, street.kerbLeft, street.kerbRight, 0)
    elements.push({ kind: 'crosswalk', id: `crosswalk-${i}`, ring: Float64Array.of(...near, ...back), edges: [near, far] })
  }
  for (const [i, { s, dFrom, dTo }] of street.stopLines.entries()) {
    elements.push({ kind: 'wait-line', id: `wait-line-${i}`, sourceType: 'stop-line', line: across(road, s, dFrom, dTo, 0) })
  }
  for (const [i, { kind, ring }] of markingsOf(street, from, to).entries()) {
    const vertices = Float64Array.from(ring.flatMap(([s, d]) => road.place3(s, d)))
    elements.push({ kind: 'road-marking', id: `marking-${i}`, sourceType: kind, ring: vertices })
  }
  return [...elements, ...furnitureElements(drive)]
}

function kerbs({ street, road }: World, from: number, to: number): MapElement[] {
  const elements: MapElement[] = []
  for (const [i, side] of ([-1, 1] as const).entries()) {
    const kerb = side < 0 ? street.kerbRight : street.kerbLeft
    for (const [block, [a, b]] of outside(from, to, junctionSpans(street, 0, side)).entries()) {
      elements.push({ kind: 'road-boundary', id: `kerb-${i}-${block}`, sourceType: 'kerb', line: along(road, a, b, kerb, kerbHeight) })
    }
    for (const junction of street.junctions.filter((one) => hasArm(one, side))) {
      for (const edge of [-junction.half, junction.half]) {
        const line = across(road, junction.s + edge, kerb, kerb + side * crossReach, kerbHeight)
        const id = `kerb-${i}-junction-${junction.index}-${edge < 0 ? 'near' : 'far'}`
        elements.push({ kind: 'road-boundary', id, sourceType: 'kerb', line })
      }
    }
  }
  return elements
}

/** Where the paint of a cross street lies, by its arm: its centre line and its stop line. */
export function crossPaint(
  street: Street,
  junction: Junction,
  side: Side,
): { centre: [number, number]; stop: { d: number; s: [number, number] } } {
  const kerb = side < 0 ? street.kerbRight : street.kerbLeft
  const begin = kerb + side * (street.pavement + 2.5)
  const { s, half } = junction
  // Who comes out of the right arm keeps to the right of it: behind its middle as the main road counts.
  return {
    centre: [begin, kerb + side * crossReach],
    stop: { d: kerb + side * (street.pavement + 1), s: side < 0 ? [s + 0.15, s + half - 0.1] : [s - half + 0.1, s - 0.15] },
  }
}

function crossStreetLines({ street, road }: World): MapElement[] {
  return street.junctions.flatMap((junction) =>
    ([-1, 1] as const)
      .filter((side) => hasArm(junction, side))
      .flatMap((side): MapElement[] => {
        const { centre, stop } = crossPaint(street, junction, side)
        const name = `${junction.index}-${side < 0 ? 'right' : 'left'}`
        const [a, b] = stop.s
        return [
          { kind: 'lane-line', id: `cross-line-${name}`, line: across(road, junction.s, ...centre, 0), ...junction.paint },
          {
            kind: 'wait-line',
            id: `cross-wait-line-${name}`,
            sourceType: 'stop-line',
            line: Float64Array.of(...road.place3(a, stop.d), ...road.place3(b, stop.d)),
          },
        ]
      }),
  )
}

function furnitureElements({ street, furniture, seconds }: World): MapElement[] {
  const elements: MapElement[] = []
  const pole = (id: string, sourceType: string, x: number, y: number, base: number, top: number): void => {
    elements.push({ kind: 'pole', id, sourceType, line: Float64Array.of(x, y, base, x, y, top) })
  }
  for (const [i, { x, y, base, height }] of furniture.lamps.entries()) pole(`lamp-${i}`, 'lamp', x, y, base, base + height)
  for (const [i, { x, y, base, height, heading }] of furniture.signs.entries()) {
    pole(`sign-pole-${i}`, 'sign-pole', x, y, base, base + height + overPlate)
    const half = [signThickness / 2, signHalf, signHalf] as const
    elements.push({ kind: 'traffic-sign', id: `sign-${i}`, corners: boxCorners(x, y, base + height, heading, half) })
  }
  for (const [i, signal] of furniture.signals.entries()) {
    const { x, y, base, height, heading, junction, approach, heads } = signal
    pole(`signal-pole-${i}`, 'signal-pole', x, y, base, base + height)
    const changes = lightChanges(street, junction, approach, seconds + 1)
    const states = { timesUs: Float64Array.from(changes, ({ at }) => Math.round(at * 1e6)), state: changes.map(({ state }) => state) }
    for (const [k, head] of heads.entries()) {
      const [hx, hy, hz] = headPlace(signal, head)
      elements.push({ kind: 'traffic-light', id: `signal-${i}-${k}`, corners: boxCorners(hx, hy, base + hz, heading, headHalf), states })
    }
  }
  return elements
}

/** The carriageway from kerb to kerb, and each cross street. */
export function drivableAreasOf(drive: World): DrivableArea[] {
  const { street, road } = drive
  const [from, to] = mapExtent(drive)
  const { kerbRight, kerbLeft } = street
  const main = Float64Array.of(...along(road, from, to, kerbLeft, 0), ...along(road, to, from, kerbRight, 0))
  const cross = street.junctions.flatMap((junction) =>
    ([-1, 1] as const)
      .filter((side) => hasArm(junction, side))
      .map((side) => {
        const { index, s, half } = junction
        const near = side < 0 ? kerbRight : kerbLeft
        const far = near + side * crossReach
        const ring = Float64Array.of(...across(road, s - half, far, near, 0), ...across(road, s + half, near, far, 0))
        return { id: `cross-street-${index}-${side < 0 ? 'right' : 'left'}`, ring }
      }),
  )
  return [{ id: 'street', ring: main }, ...cross]
}

/** Corners of an upright box in the order that the map's boxes have, from its half extents forward, left and up. */
function boxCorners(
  x: number,
  y: number,
  z: number,
  heading: number,
  [length, width, height]: readonly [number, number, number],
): Polyline {
  const corners: number[] = []
  const cos = Math.cos(heading)
  const sin = Math.sin(heading)
  for (const up of [1, -1]) {
    for (const [forward, left] of [
      [1, 1],
      [1, -1],
      [-1, -1],
      [-1, 1],
    ] as const) {
      const f = forward * length
      const l = left * width
      corners.push(x + cos * f - sin * l, y + sin * f + cos * l, z + up * height)
    }
  }
  return Float64Array.from(corners)
}
