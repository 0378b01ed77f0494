import type { Decal } from './decals.ts'
import { groundRank } from './label-classes.ts'
import { groundReach } from './ground.ts'
import { heightAt, type HeightGrid } from './height-grid.ts'

/** Side of a cell, metres, and cells on a side. */
export const decalCell = 2
export const decalCells = (2 * groundReach) / decalCell

/** Paint farther than this above or below the ground belongs to another level of the world (bridges), metres. */
const levelTolerance = 2.5

/** Float32 values of one primitive: a triangle's corners; or a piece of stripe: its ends, half width, metres from the line's start, on, period. */
const primitiveFloats = 8

/** What lies on the ground around a place, cell by cell; x and y in metres from its middle. */
export interface DecalGrid {
  readonly primitives: Float32Array
  /** Two words a cell: where its list begins; its length, and the id of the class that covers all of it << 24. */
  readonly cells: Uint32Array
  /** Highest class first. Number of the primitive, class << 24, 1 << 31 for a piece of stripe. */
  readonly list: Uint32Array
}

/** @param ground heights around the place; its grid is the one that is covered */
export function layDecals(decals: readonly Decal[], ground: HeightGrid, base: number): DecalGrid {
  const primitives: number[] = []
  const lists = new Map<number, number[]>()
  const covers = new Uint8Array(decalCells * decalCells).fill(base)
  const middle = { x: ground.west + groundReach, y: ground.south + groundReach }
  const add = (cell: number, entry: number): void => {
    const list = lists.get(cell)
    if (list === undefined) lists.set(cell, [entry])
    else list.push(entry)
  }
  const isOnGround = (line: Float64Array, p: number): boolean =>
    Math.abs(line[p + 2] - heightAt(ground, line[p], line[p + 1])) <= levelTolerance
  for (const decal of decals) {
    const line = decal.kind === 'area' ? decal.ring : decal.line
    const local = Float64Array.from({ length: (line.length / 3) * 2 }, (_, i) =>
      i % 2 === 0 ? line[(i / 2) * 3] - middle.x : line[((i - 1) / 2) * 3 + 1] - middle.y,
    )
    if (isOutside(local)) continue
    if (decal.kind === 'stripe') {
      let along = 0
      for (let p = 0; p + 3 < local.length; p += 2) {
        const piece = local.subarray(p, p + 4)
        const start = along
        along += Math.hypot(piece[2] - piece[0], piece[3] - piece[1])
        if (isOutside(piece) || !isOnGround(line, (p / 2) * 3) || !isOnGround(line, (p / 2 + 1) * 3)) continue
        const entry = (primitives.length / primitiveFloats + decal.classId * 0x1000000 + 0x80000000) >>> 0
        primitives.push(...piece, decal.halfWidth, start, decal.on, decal.period)
        forCells(piece, decal.halfWidth, (cell) => {
          add(cell, entry)
        })
      }
      continue
    }
    const border = new Set<number>()
    for (let p = 0; p < local.length; p += 2) {
      const q = (p + 2) % local.length
      forCells(Float64Array.of(local[p], local[p + 1], local[q], local[q + 1]), 0, (cell) => border.add(cell))
    }
    for (let t = 0; t < decal.triangles.length; t += 3) {
      const corners = decal.triangles.subarray(t, t + 3)
      if (!corners.some((corner) => isOnGround(line, corner * 3))) continue
      const triangle = counterClockwise(Float64Array.from([...corners].flatMap((c) => [local[2 * c], local[2 * c + 1]])))
      if (isOutside(triangle)) continue
      const entry = (primitives.length / primitiveFloats + decal.classId * 0x1000000) >>> 0
      let used = false
      forBox(triangle, 0, (cell, x, y) => {
        if (border.has(cell)) {
          used = true
          add(cell, entry)
        } else if (inTriangle(triangle, x, y) && groundRank(decal.classId) > groundRank(covers[cell])) covers[cell] = decal.classId
      })
      if (used) primitives.push(...triangle, 0, 0)
    }
  }
  return { primitives: Float32Array.from(primitives.length > 0 ? primitives : [0, 0, 0, 0, 0, 0, 0, 0]), ...flatten(lists, covers) }
}

/** Lists one after another; what the cover of a cell outranks is left out. */
function flatten(lists: ReadonlyMap<number, number[]>, covers: Uint8Array): { cells: Uint32Array; list: Uint32Array } {
  const cells = new Uint32Array(covers.length * 2)
  const list: number[] = []
  const rankOf = (entry: number): number => groundRank((entry >>> 24) & 0x7f)
  covers.forEach((cover, cell) => {
    const kept = (lists.get(cell) ?? []).filter((entry) => rankOf(entry) > groundRank(cover)).sort((a, b) => rankOf(b) - rankOf(a))
    cells[2 * cell] = list.length
    cells[2 * cell + 1] = (kept.length + cover * 0x1000000) >>> 0
    list.push(...kept)
  })
  return { cells, list: Uint32Array.from(list.length > 0 ? list : [0]) }
}

/** Whether no part of the points' bounding box lies on the grid; also for NaN. */
function isOutside(points: Float64Array): boolean {
  const [west, south, east, north] = boundsOf(points)
  return !(west < groundReach && south < groundReach && east > -groundReach && north > -groundReach)
}

function boundsOf(points: Float64Array): [number, number, number, number] {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let p = 0; p < points.length; p += 2) {
    west = Math.min(west, points[p])
    east = Math.max(east, points[p])
    south = Math.min(south, points[p + 1])
    north = Math.max(north, points[p + 1])
  }
  return [west, south, east, north]
}

/** The cells of the points' bounding box, with the middle of each. */
function forBox(points: Float64Array, margin: number, visit: (cell: number, x: number, y: number) => void): void {
  const [west, south, east, north] = boundsOf(points)
  const index = (value: number): number => Math.min(Math.max(Math.floor((value + groundReach) / decalCell), 0), decalCells - 1)
  for (let j = index(south - margin); j <= index(north + margin); j++) {
    for (let i = index(west - margin); i <= index(east + margin); i++) {
      visit(j * decalCells + i, (i + 0.5) * decalCell - groundReach, (j + 0.5) * decalCell - groundReach)
    }
  }
}

/** The cells that a segment of some half width touches, and perhaps a few beside them: those whose circumscribed circle it reaches. */
function forCells(segment: Float64Array, halfWidth: number, visit: (cell: number) => void): void {
  const [ax, ay, bx, by] = segment
  const [dx, dy] = [bx - ax, by - ay]
  const square = dx * dx + dy * dy
  const reach = halfWidth + (decalCell / 2) * Math.SQRT2 + 1e-6
  forBox(segment, halfWidth + 1e-6, (cell, x, y) => {
    const t = square === 0 ? 0 : Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / square, 0), 1)
    if (Math.hypot(x - ax - t * dx, y - ay - t * dy) <= reach) visit(cell)
  })
}

function counterClockwise([ax, ay, bx, by, cx, cy]: Float64Array): Float64Array {
  const isClockwise = (bx - ax) * (cy - ay) < (by - ay) * (cx - ax)
  return isClockwise ? Float64Array.of(ax, ay, cx, cy, bx, by) : Float64Array.of(ax, ay, bx, by, cx, cy)
}

function inTriangle([ax, ay, bx, by, cx, cy]: Float64Array, x: number, y: number): boolean {
  const isLeft = (px: number, py: number, qx: number, qy: number): boolean => (qx - px) * (y - py) - (qy - py) * (x - px) >= 0
  return isLeft(ax, ay, bx, by) && isLeft(bx, by, cx, cy) && isLeft(cx, cy, ax, ay)
}
