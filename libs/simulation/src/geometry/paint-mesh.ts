import { surfaces } from '../materials/palettes.ts'
import type { SimulatedDrive } from '../world/drive.ts'
import { crossPaint, mapExtent } from '../world/map.ts'
import { markingsOf } from '../world/markings.ts'
import { dashRuns, type Paint, stripesOf } from '../world/paint.ts'
import { hasArm, outside, unpaintedSpans } from '../world/street.ts'
import type { Finish } from './mesh.ts'
import type { Ribbons } from './ribbons.ts'

type World = Omit<SimulatedDrive, 'scenario'>

const white: Finish = { class: 'lane-line', material: 'road-paint', colour: surfaces.roadPaintWhite }
const yellow: Finish = { class: 'lane-line', material: 'road-paint', colour: surfaces.roadPaintYellow }
const zebra: Finish = { class: 'crosswalk', material: 'road-paint', colour: surfaces.roadPaintWhite }

/** How far paint lies above the carriageway: out of the depth buffer's doubt, too little to see. */
const paintHeight = 0.012
const stopWidth = 0.4

/** All that is painted on the road, as the map has it. */
export function addPaint(lay: Ribbons, world: World): void {
  const { street } = world
  const [from, to] = mapExtent(world)
  for (const line of street.lines) {
    for (const [a, b] of outside(from, to, unpaintedSpans(street))) paintAlong(lay, line, a, b, line.d)
  }
  for (const { from: a, to: b } of street.crossings) {
    for (let d = street.kerbRight + 0.45; d + 0.5 < street.kerbLeft - 0.2; d += 1) lay.along(a, b, d, d + 0.5, paintHeight, zebra)
  }
  for (const { s, dFrom, dTo } of street.stopLines) {
    const n = Math.ceil((dTo - dFrom) / 3.6)
    for (let i = 0; i < n; i++) {
      const [d0, d1] = [dFrom + ((dTo - dFrom) * i) / n, dFrom + ((dTo - dFrom) * (i + 1)) / n]
      lay.along(s - stopWidth / 2, s + stopWidth / 2, d0, d1, paintHeight, white)
    }
  }
  for (const junction of street.junctions) {
    for (const side of [-1, 1] as const) {
      if (!hasArm(junction, side)) continue
      const { centre, stop } = crossPaint(street, junction, side)
      paintAcross(lay, junction.paint, junction.s, ...centre)
      lay.patch(stop.s[0], stop.s[1], stop.d - stopWidth / 2, stop.d + stopWidth / 2, paintHeight, white, junction.s)
    }
  }
  for (const { pieces } of markingsOf(street, from, to)) for (const piece of pieces) lay.piece(piece, paintHeight, white)
}

/** A line of the main road between two arc lengths. */
function paintAlong(lay: Ribbons, { colour, pattern }: Paint, from: number, to: number, d: number): void {
  const finish = colour === 'yellow' ? yellow : white
  const { road } = lay
  for (const { left, width, on, period } of stripesOf[pattern]) {
    const [d0, d1] = [d + left - width / 2, d + left + width / 2]
    if (on === undefined || period === undefined) {
      lay.along(from, to, d0, d1, paintHeight, finish)
      continue
    }
    const stations = road.stations(from, to)
    const places = stations.map((s) => road.place3(s, d))
    const lengths = places.slice(1).map(([x, y], i) => Math.hypot(x - places[i][0], y - places[i][1]))
    for (const [a, b] of dashRuns(stations, lengths, on, period)) if (b > a) lay.along(a, b, d0, d1, paintHeight, finish)
  }
}

/** The centre line of a cross street at arc length s, from one lateral offset outwards to another. */
function paintAcross(lay: Ribbons, { colour, pattern }: Paint, s: number, from: number, to: number): void {
  const finish = colour === 'yellow' ? yellow : white
  const way = Math.sign(to - from)
  const length = Math.abs(to - from)
  for (const { left, width, on = 6, period = 6 } of stripesOf[pattern]) {
    // Left of one who goes outwards: backwards along the street where that is to the left of it.
    const middle = s - way * left
    for (let at = 0; at < length - 1e-6; at += period) {
      const [a, b] = [from + way * at, from + way * Math.min(length, at + on)]
      lay.patch(middle - width / 2, middle + width / 2, Math.min(a, b), Math.max(a, b), paintHeight, finish, s)
    }
  }
}
