import { type Polyline, segClassId } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { Random } from '../random.ts'
import { simulateDrive, type SimulatedDrive } from '../world/drive.ts'
import { stripesOf } from '../world/paint.ts'
import { vertexBytes } from './mesh.ts'
import { staticGeometry } from './static-geometry.ts'

interface Triangle {
  readonly class: number
  readonly p: readonly (readonly [number, number, number])[]
}

const cell = 8
const [road, paint, crosswalk] = [segClassId.road, segClassId['lane-line'], segClassId.crosswalk]
const ground: ReadonlySet<number> = new Set([road, segClassId.pavement, segClassId.terrain])

/** Triangles that look up, by the cells of a grid that they touch; the flat land far below all else is left out. */
function lookUp(drive: SimulatedDrive): (x: number, y: number) => { class: number; z: number }[] {
  const { vertices, indices } = staticGeometry(drive)
  const view = new DataView(vertices.buffer, vertices.byteOffset)
  const cells = new Map<string, Triangle[]>()
  for (let i = 0; i < indices.length; i += 3) {
    const p = [0, 1, 2].map((k) => {
      const at = indices[i + k] * vertexBytes
      return [view.getFloat32(at, true), view.getFloat32(at + 4, true), view.getFloat32(at + 8, true)] as const
    })
    const [a, b, c] = p
    if ((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) < 1e-6) continue
    const triangle = { class: view.getUint8(indices[i] * vertexBytes + 28), p }
    const [low, high] = [0, 1].map((axis) => [Math.min(a[axis], b[axis], c[axis]), Math.max(a[axis], b[axis], c[axis])])
    if (low[1] - low[0] > 240) continue
    for (let x = Math.floor(low[0] / cell); x <= Math.floor(low[1] / cell); x++) {
      for (let y = Math.floor(high[0] / cell); y <= Math.floor(high[1] / cell); y++) {
        const key = `${x} ${y}`
        const list = cells.get(key)
        if (list === undefined) cells.set(key, [triangle])
        else list.push(triangle)
      }
    }
  }
  return (x, y) =>
    (cells.get(`${Math.floor(x / cell)} ${Math.floor(y / cell)}`) ?? []).flatMap(({ class: kind, p: [a, b, c] }) => {
      const area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
      const u = ((b[0] - x) * (c[1] - y) - (b[1] - y) * (c[0] - x)) / area
      const v = ((c[0] - x) * (a[1] - y) - (c[1] - y) * (a[0] - x)) / area
      const w = 1 - u - v
      return Math.min(u, v, w) < -1e-3 ? [] : [{ class: kind, z: u * a[2] + v * b[2] + w * c[2] }]
    })
}

/** Points of a line every 0.37 m, moved to its left, with the metres from its start; not near its ends, where other paint may be. */
function* pointsOf(line: Polyline, left: number): Generator<{ place: number; x: number; y: number }> {
  let before = 0
  const chords = line.length / 3 - 1
  for (let i = 0; i < chords; i++) {
    const [dx, dy] = [line[3 * i + 3] - line[3 * i], line[3 * i + 4] - line[3 * i + 1]]
    const length = Math.hypot(dx, dy)
    for (let at = 0.2; at < length - 0.2; at += 0.37) {
      const f = at / length
      yield { place: before + at, x: line[3 * i] + dx * f - (dy / length) * left, y: line[3 * i + 1] + dy * f + (dx / length) * left }
    }
    before += length
  }
}

const drives = [1, 7, 15, 18, 23].map((seed) => simulateDrive({ seed, seconds: 1 }))

describe("the street's mesh", () => {
  it.each(drives.map((drive) => [drive.seed, drive] as const))('lies as high as the map says (seed %i)', (_, drive) => {
    const at = lookUp(drive)
    const check = (line: Polyline, kind: number, below: number): void => {
      for (let i = 0; i < line.length; i += 3) {
        const s = line[i]
        if (s < -40 || s > 200) continue
        const hits = at(line[i], line[i + 1]).filter((hit) => hit.class === kind)
        expect(hits.length, `${line[i]} ${line[i + 1]}`).toBeGreaterThan(0)
        for (const { z } of hits) expect(Math.abs(z - below - line[i + 2])).toBeLessThan(0.006)
      }
    }
    for (const element of drive.scenario.map) {
      if (element.kind === 'lane') for (const rail of [element.left, element.right]) check(rail, road, 0)
      // Paint lies on the road, 12 mm up.
      if (element.kind === 'lane-line' && element.pattern === 'solid') check(element.line.subarray(3, -3), paint, 0.012)
      if (element.kind === 'wait-line') check(element.line.subarray(3, -3), paint, 0.012)
      // Their ends lie on the kerbs, between whose vertices the mesh goes straight.
      if (element.kind === 'crosswalk') for (const edge of element.edges ?? []) check(edge.subarray(3, -3), road, 0)
    }
  })

  it.each(drives.map((drive) => [drive.seed, drive] as const))(
    'has ground of one height everywhere, without gaps (seed %i)',
    (_, drive) => {
      const at = lookUp(drive)
      const random = new Random(drive.seed, 'spec')
      for (let i = 0; i < 4000; i++) {
        const [s, d] = [random.between(-40, 220), random.between(-90, 90)]
        const [x, y] = drive.road.place(s, d)
        const heights = at(x, y).flatMap((hit) => (ground.has(hit.class) ? [hit.z] : []))
        expect(heights.length, `s ${s} d ${d}`).toBeGreaterThan(0)
        // A carriageway or pavement never lies over another: 3 cm for edges that two ribbons share.
        if (Math.abs(d) < 60) expect(Math.max(...heights) - Math.min(...heights), `s ${s} d ${d}`).toBeLessThan(0.16)
        expect(Math.abs(Math.max(...heights) - drive.road.height(s)), `s ${s} d ${d}`).toBeLessThan(Math.abs(d) < 60 ? 0.35 : 6)
      }
    },
  )

  it('is painted with the dashes of the map, stripe by stripe, on the main road and across', () => {
    const patterns = new Set<string>()
    for (const drive of [...drives, ...[3, 12, 25, 27].map((seed) => simulateDrive({ seed, seconds: 1 }))]) {
      const at = lookUp(drive)
      const isPaint = (x: number, y: number): boolean => at(x, y).some((hit) => hit.class === paint)
      for (const element of drive.scenario.map) {
        if (element.kind !== 'lane-line') continue
        patterns.add(element.pattern)
        for (const { left, on = 1, period = 1 } of stripesOf[element.pattern]) {
          for (const { place, x, y } of pointsOf(element.line, left)) {
            const phase = place % period
            const isOn = phase < on
            // Not where rounding decides.
            if (on < period && Math.min(phase, Math.abs(phase - on), period - phase) < 0.06) continue
            if (Math.abs(x) < 120 && Math.abs(y) < 50) expect(isPaint(x, y), `${element.id} ${element.pattern} at ${place}`).toBe(isOn)
          }
        }
      }
    }
    expect(patterns.size).toBeGreaterThan(5)
  })

  it('keeps paint above the road', () => {
    for (const drive of drives) {
      const at = lookUp(drive)
      for (const { d } of drive.street.lines) {
        for (let s = -30; s < 200; s += 0.7) {
          const [x, y] = drive.road.place(s, d + 0.03)
          const hits = at(x, y)
          const top = hits.filter((hit) => hit.class === paint || hit.class === crosswalk)
          const under = hits.filter((hit) => hit.class === road)
          for (const { z } of top) for (const below of under) expect(z - below.z).toBeGreaterThan(0.004)
        }
      }
    }
  })
})
