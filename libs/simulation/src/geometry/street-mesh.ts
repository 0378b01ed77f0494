import { surfaces } from '../materials/palettes.ts'
import type { SimulatedDrive } from '../world/drive.ts'
import { kerbHeight } from '../world/furniture.ts'
import { dashOff, dashOn, paintedLines } from '../world/lanes.ts'
import { junctionSpans, outside, unpaintedSpans } from '../world/street.ts'
import type { ChunkedMesh } from './chunks.ts'
import type { Finish, Point } from './mesh.ts'

type World = Omit<SimulatedDrive, 'scenario'>

const asphalt: Finish = { class: 'road', material: 'asphalt', colour: surfaces.asphalt, a: 1 }
const crossAsphalt: Finish = { ...asphalt, a: 2 }
const white: Finish = { class: 'lane-line', material: 'road-paint', colour: surfaces.roadPaintWhite }
const yellow: Finish = { class: 'lane-line', material: 'road-paint', colour: surfaces.roadPaintYellow }
const zebra: Finish = { class: 'crosswalk', material: 'road-paint', colour: surfaces.roadPaintWhite }
const kerb: Finish = { class: 'pavement', material: 'matte', colour: surfaces.kerb }
const paving: Finish = { class: 'pavement', material: 'paving', colour: surfaces.paving }

/** How far paint lies above the carriageway: out of the depth buffer's doubt, too little to see. */
const paintHeight = 0.012
const lineWidth = 0.14
const reach = 90
const crossReach = 78

/** Carriageway, paint, kerbs, pavements and the ground beside them. */
export function buildStreet(out: ChunkedMesh, world: World): void {
  const { street, road } = world
  const from = road.start + 8
  const to = world.ego.sAt(world.seconds) + 240
  const { kerbRight, kerbLeft, pavement } = street
  const at = (s: number, d: number, z: number): Point => [...road.place(s, d), z]
  /** A ribbon along the street between lateral offsets d0 < d1. */
  const ribbon = (s0: number, s1: number, d0: number, d1: number, z: number, finish: Finish, step = 5): void => {
    for (let a = s0; a < s1 - 1e-6;) {
      const b = Math.min(s1, (Math.floor(a / step + 1e-6) + 1) * step)
      out.at((a + b) / 2).quad([at(a, d0, z), at(b, d0, z), at(b, d1, z), at(a, d1, z)], finish, [
        [a, d0],
        [b, d0],
        [b, d1],
        [a, d1],
      ])
      a = b
    }
  }
  /** A kerb's vertical face along the street; it looks towards the carriageway. */
  const riser = (s0: number, s1: number, d: number, towardsLeft: boolean): void => {
    for (let a = s0; a < s1 - 1e-6;) {
      const b = Math.min(s1, (Math.floor(a / 5 + 1e-6) + 1) * 5)
      const [p, q] = towardsLeft ? [b, a] : [a, b]
      out.at((a + b) / 2).quad([at(p, d, 0), at(q, d, 0), at(q, d, kerbHeight), at(p, d, kerbHeight)], kerb, undefined, [0.7, 0.7, 1, 1])
      a = b
    }
  }
  ribbon(from, to, kerbRight, kerbLeft, 0, asphalt)

  const ground: Finish =
    street.setting === 'city'
      ? { class: 'pavement', material: 'paving', colour: surfaces.plaza }
      : { class: 'terrain', material: 'grass', colour: surfaces.grass }
  for (const side of [-1, 1] as const) {
    const edge = side < 0 ? kerbRight : kerbLeft
    const span = (a: number, b: number): [number, number] => (side < 0 ? [edge - b, edge - a] : [edge + a, edge + b])
    for (const [a, b] of outside(from, to, junctionSpans(street))) {
      ribbon(a, b, ...span(0, 0.16), kerbHeight, kerb)
      ribbon(a, b, ...span(0.16, pavement), kerbHeight, paving)
      riser(a, b, edge, side < 0)
    }
    for (const [a, b] of outside(from, to, junctionSpans(street, 2.4))) ribbon(a, b, ...span(pavement, reach), kerbHeight, ground, 10)
    for (const { s, half, pavement: crossPavement } of street.junctions) {
      const [near, far] = span(0, crossReach)
      // The cross street: uv runs along it, so that its wheel tracks do too.
      for (let d = near; d < far - 1e-6; d += 6) {
        const e = Math.min(far, d + 6)
        out.at(s).quad([at(s - half, d, 0), at(s + half, d, 0), at(s + half, e, 0), at(s - half, e, 0)], crossAsphalt, [
          [d, -half],
          [d, half],
          [e, half],
          [e, -half],
        ])
      }
      for (const way of [-1, 1]) {
        const k = s + way * half
        const outer = k + way * crossPavement
        const [p, q] = way < 0 ? [outer, k] : [k, outer]
        const [d0, d1] = span(pavement, crossReach)
        ribbon(p, q, d0, d1, kerbHeight, paving)
        const [r0, r1] = span(0, crossReach)
        const face: [Point, Point, Point, Point] = [at(k, r0, 0), at(k, r1, 0), at(k, r1, kerbHeight), at(k, r0, kerbHeight)]
        out.at(s).quad(way < 0 ? face : [face[1], face[0], face[3], face[2]], kerb, undefined, [0.7, 0.7, 1, 1])
      }
      // Its own centre line, dashed, and a stop line.
      const [c0, c1] = span(6, crossReach)
      for (let d = c0; d < c1; d += dashOn * 2) ribbonAcross(d, Math.min(d + dashOn, c1), s, lineWidth, white)
      const stop = span(pavement + 0.8, pavement + 1.2)
      const [s0, s1] = side < 0 ? [s, s + half] : [s - half, s]
      ribbon(s0 + 0.1, s1 - 0.1, ...stop, paintHeight, white)
    }
  }
  function ribbonAcross(d0: number, d1: number, s: number, width: number, finish: Finish): void {
    const z = paintHeight
    const [a, b] = [s - width / 2, s + width / 2]
    out.at(s).quad([at(a, d0, z), at(b, d0, z), at(b, d1, z), at(a, d1, z)], finish, [
      [a, d0],
      [b, d0],
      [b, d1],
      [a, d1],
    ])
  }

  for (const { d, pattern, colour } of paintedLines(street)) {
    const finish = colour === 'yellow' ? yellow : white
    const paint = (s0: number, s1: number, offset: number): void =>
      ribbon(s0, s1, offset - lineWidth / 2, offset + lineWidth / 2, paintHeight, finish)
    for (const [a, b] of outside(from, to, unpaintedSpans(street))) {
      if (pattern === 'long-dashed') {
        // Dashes sit on one grid of arc length, so that they do not depend on where a block begins.
        const period = dashOn + dashOff
        for (let s = Math.floor(a / period) * period; s < b; s += period) {
          const [p, q] = [Math.max(s, a), Math.min(s + dashOn, b)]
          if (q > p) paint(p, q, d)
        }
      } else if (pattern === 'double-solid') {
        paint(a, b, d - 0.13)
        paint(a, b, d + 0.13)
      } else paint(a, b, d)
    }
  }
  for (const { from: a, to: b } of street.crossings) {
    for (let d = kerbRight + 0.45; d + 0.5 < kerbLeft - 0.2; d += 1) ribbon(a, b, d, d + 0.5, paintHeight, zebra)
  }
  for (const { s, dFrom, dTo } of street.stopLines) ribbon(s - 0.2, s + 0.2, dFrom, dTo, paintHeight, white)
}
