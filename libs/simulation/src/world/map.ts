import type { LaneLine, MapElement, Polyline } from '@virga/scenario'
import type { SimulatedDrive } from './drive.ts'
import { kerbHeight } from './furniture.ts'
import { forwardLaneCentre, junctionSpans, oncomingLaneCentre, outside, type Street, unpaintedSpans } from './street.ts'

export const dashOn = 3
export const dashOff = 9

/** One painted line along the street: what the map says and what the mesh draws. */
export interface PaintedLine {
  readonly d: number
  readonly pattern: LaneLine['pattern']
  readonly colour: LaneLine['colour']
}

/** Every lane line of the street's cross-section, from right to left. */
export function paintedLines(street: Street): PaintedLine[] {
  const lines: PaintedLine[] = [{ d: street.edgeRight, pattern: 'solid', colour: 'white' }]
  for (let i = street.forwardLanes - 1; i >= 1; i--) lines.push({ d: -i * street.laneWidth, pattern: 'long-dashed', colour: 'white' })
  if (street.oncomingLanes > 0) lines.push({ d: 0, pattern: street.centreLine, colour: street.centreColour })
  for (let i = 1; i < street.oncomingLanes; i++) lines.push({ d: i * street.laneWidth, pattern: 'long-dashed', colour: 'white' })
  lines.push({ d: street.edgeLeft, pattern: 'solid', colour: 'white' })
  return lines
}

/** Vertices every 2 m along an arc-length range at a lateral offset, at height z. */
export function along(drive: Pick<SimulatedDrive, 'road'>, from: number, to: number, d: number, z: number, step = 2): Polyline {
  const n = Math.max(2, Math.ceil((to - from) / step) + 1)
  const line = new Float64Array(3 * n)
  for (let i = 0; i < n; i++) line.set([...drive.road.place(from + ((to - from) * i) / (n - 1), d), z], 3 * i)
  return line
}

/** The HD map of the street, cut where it is cut in the pixels (junctions); dashes stay one element with pattern `long-dashed`. */
export function mapOf(drive: Omit<SimulatedDrive, 'scenario'>): MapElement[] {
  const { street, road } = drive
  const from = drive.road.start + 20
  const to = drive.ego.sAt(drive.seconds) + 228
  const elements: MapElement[] = []
  const point = (s: number, d: number, z: number): [number, number, number] => [...road.place(s, d), z]

  const blocks = outside(from, to, unpaintedSpans(street))
  for (const [line, { d, pattern, colour }] of paintedLines(street).entries()) {
    for (const [block, [a, b]] of blocks.entries()) {
      elements.push({ kind: 'lane-line', id: `line-${line}-${block}`, line: along(drive, a, b, d, 0), colour, pattern })
    }
  }
  const lanes = [
    ...Array.from({ length: street.forwardLanes }, (_, i) => ({ centre: forwardLaneCentre(street, i), way: 1 })),
    ...Array.from({ length: street.oncomingLanes }, (_, i) => ({ centre: oncomingLaneCentre(street, i), way: -1 })),
  ]
  for (const [lane, { centre, way }] of lanes.entries()) {
    const [a, b] = way > 0 ? [from, to] : [to, from]
    elements.push({
      kind: 'lane',
      id: `lane-${lane}`,
      left: along(drive, a, b, centre + (way * street.laneWidth) / 2, 0),
      right: along(drive, a, b, centre - (way * street.laneWidth) / 2, 0),
      use: 'vehicle',
      isIntersection: false,
      predecessors: [],
      successors: [],
    })
  }
  for (const [side, kerb] of [street.kerbRight, street.kerbLeft].entries()) {
    for (const [block, [a, b]] of outside(from, to, junctionSpans(street)).entries()) {
      elements.push({ kind: 'road-boundary', id: `kerb-${side}-${block}`, line: along(drive, a, b, kerb, kerbHeight) })
    }
    for (const [junction, { s, half }] of street.junctions.entries()) {
      for (const edge of [-half, half]) {
        const far = kerb + Math.sign(kerb - 1e-9) * 40
        const line = Float64Array.from([...point(s + edge, kerb, kerbHeight), ...point(s + edge, far, kerbHeight)])
        elements.push({ kind: 'road-boundary', id: `kerb-${side}-junction-${junction}-${edge < 0 ? 'near' : 'far'}`, line })
      }
    }
  }
  for (const [i, { from: a, to: b }] of street.crossings.entries()) {
    const ring = Float64Array.from([
      ...point(a, street.kerbRight, 0),
      ...point(b, street.kerbRight, 0),
      ...point(b, street.kerbLeft, 0),
      ...point(a, street.kerbLeft, 0),
    ])
    elements.push({ kind: 'crosswalk', id: `crosswalk-${i}`, ring })
  }
  for (const [i, { s, dFrom, dTo }] of street.stopLines.entries()) {
    elements.push({ kind: 'wait-line', id: `wait-line-${i}`, line: Float64Array.from([...point(s, dFrom, 0), ...point(s, dTo, 0)]) })
  }
  for (const [i, { x, y, base, height }] of drive.furniture.lamps.entries()) {
    elements.push({ kind: 'pole', id: `lamp-${i}`, line: Float64Array.from([x, y, base, x, y, base + height]) })
  }
  for (const [i, { x, y, base, height, heading }] of drive.furniture.signs.entries()) {
    elements.push({ kind: 'pole', id: `sign-pole-${i}`, line: Float64Array.from([x, y, base, x, y, base + height + 0.35]) })
    elements.push({ kind: 'traffic-sign', id: `sign-${i}`, corners: signCorners(x, y, base + height, heading) })
  }
  return elements
}

/** Half the width and height, and the thickness, of sign plates, metres. */
export const signHalf = 0.35
const signThickness = 0.06

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
