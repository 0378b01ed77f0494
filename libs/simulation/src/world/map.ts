import type { DrivableArea, MapElement, Polyline } from '@virga/scenario'
import { along } from './along.ts'
import type { SimulatedDrive } from './drive.ts'
import { kerbHeight } from './furniture.ts'
import { lanesAndLines } from './lanes.ts'
import { junctionSpans, outside } from './street.ts'

type World = Omit<SimulatedDrive, 'scenario'>

/** Metres of cross street that the map tells of, from the main road's kerb. */
const crossReach = 40

/** Half the width and height, and the thickness, of sign plates, metres. */
export const signHalf = 0.35
const signThickness = 0.06

/** First and last arc length of the map. */
function extent({ road, ego, seconds }: World): [number, number] {
  return [road.start + 20, ego.sAt(seconds) + 228]
}

/** The HD map of the street, cut where it is cut in the pixels (junctions); dashes stay one element with pattern `long-dashed`. */
export function mapOf(drive: World): MapElement[] {
  const { street, road, furniture } = drive
  const [from, to] = extent(drive)
  const elements: MapElement[] = [...lanesAndLines(road, street, from, to)]
  const point = (s: number, d: number, z: number): [number, number, number] => [...road.place(s, d), z]
  for (const [side, kerb] of [street.kerbRight, street.kerbLeft].entries()) {
    for (const [block, [a, b]] of outside(from, to, junctionSpans(street)).entries()) {
      elements.push({ kind: 'road-boundary', id: `kerb-${side}-${block}`, sourceType: 'kerb', line: along(road, a, b, kerb, kerbHeight) })
    }
    for (const [junction, { s, half }] of street.junctions.entries()) {
      for (const edge of [-half, half]) {
        const far = kerb + (side === 0 ? -crossReach : crossReach)
        const line = Float64Array.from([...point(s + edge, kerb, kerbHeight), ...point(s + edge, far, kerbHeight)])
        const id = `kerb-${side}-junction-${junction}-${edge < 0 ? 'near' : 'far'}`
        elements.push({ kind: 'road-boundary', id, sourceType: 'kerb', line })
      }
    }
  }
  for (const [i, { from: a, to: b }] of street.crossings.entries()) {
    const [nearRight, farRight, farLeft, nearLeft] = [
      point(a, street.kerbRight, 0),
      point(b, street.kerbRight, 0),
      point(b, street.kerbLeft, 0),
      point(a, street.kerbLeft, 0),
    ]
    elements.push({
      kind: 'crosswalk',
      id: `crosswalk-${i}`,
      ring: Float64Array.from([...nearRight, ...farRight, ...farLeft, ...nearLeft]),
      edges: [Float64Array.from([...nearRight, ...nearLeft]), Float64Array.from([...farRight, ...farLeft])],
    })
  }
  for (const [i, { s, dFrom, dTo }] of street.stopLines.entries()) {
    const line = Float64Array.from([...point(s, dFrom, 0), ...point(s, dTo, 0)])
    elements.push({ kind: 'wait-line', id: `wait-line-${i}`, sourceType: 'stop-line', line })
  }
  for (const [i, { x, y, base, height }] of furniture.lamps.entries()) {
    elements.push({ kind: 'pole', id: `lamp-${i}`, sourceType: 'lamp', line: Float64Array.from([x, y, base, x, y, base + height]) })
  }
  for (const [i, { x, y, base, height, heading }] of furniture.signs.entries()) {
    const pole = Float64Array.from([x, y, base, x, y, base + height + 0.35])
    elements.push({ kind: 'pole', id: `sign-pole-${i}`, sourceType: 'sign-pole', line: pole })
    elements.push({ kind: 'traffic-sign', id: `sign-${i}`, corners: signCorners(x, y, base + height, heading) })
  }
  return elements
}

/** The carriageway from kerb to kerb, and each cross street. */
export function drivableAreasOf(drive: World): DrivableArea[] {
  const { street, road } = drive
  const [from, to] = extent(drive)
  const { kerbRight, kerbLeft } = street
  const main = Float64Array.of(...along(road, from, to, kerbLeft, 0), ...along(road, to, from, kerbRight, 0))
  const cross = street.junctions.flatMap(({ s, half }, i) =>
    [
      { name: 'right', near: kerbRight, far: kerbRight - crossReach },
      { name: 'left', near: kerbLeft, far: kerbLeft + crossReach },
    ].map(({ name, near, far }) => ({
      id: `cross-street-${i}-${name}`,
      ring: Float64Array.from(
        [
          [s - half, near],
          [s + half, near],
          [s + half, far],
          [s - half, far],
        ].flatMap(([a, d]) => [...road.place(a, d), 0]),
      ),
    })),
  )
  return [{ id: 'street', ring: main }, ...cross]
}

function signCorners(x: number, y: number, z: number, heading: number): Polyline {
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
      const f = (forward * signThickness) / 2
      const l = left * signHalf
      corners.push(x + cos * f - sin * l, y + sin * f + cos * l, z + up * signHalf)
    }
  }
  return Float64Array.from(corners)
}
