import { type SegClass, segClassId } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import type { LabelFrame } from '../label-frame.ts'
import { densify } from './densify.ts'
import { seenPoints } from './seen-points.ts'
import type { SparseDepth } from './sparse-depth.ts'

const [width, height] = [96, 96]

/** Sky above row 40, road below it (10 m at the bottom), a box at 20 m in its middle: columns 40 to 56, rows 30 to 60. */
function labels(): LabelFrame {
  const classes = new Uint8Array(width * height)
  const tracks = new Uint16Array(width * height)
  const depth = new Float32Array(width * height)
  for (let at = 0; at < classes.length; at++) {
    const [x, y] = [at % width, Math.floor(at / width)]
    const isBox = x >= 40 && x < 56 && y >= 30 && y < 60
    const name: SegClass = isBox ? 'vehicle' : y < 40 ? 'sky' : 'road'
    classes[at] = segClassId[name]
    tracks[at] = isBox ? 3 : 0
    depth[at] = isBox ? 20 : y < 40 ? 0 : 550 / (y - 39.5)
  }
  const none = new Uint8Array(width * height)
  return { width, height, timeUs: 0, classes, tracks, depth, up: none, faces: none, across: none }
}

const at = (x: number, y: number): number => y * width + x

/** Returns given as x, y, metres. */
function returns(...points: readonly (readonly [number, number, number])[]): SparseDepth {
  const sorted = points.toSorted((a, b) => at(a[0], a[1]) - at(b[0], b[1]))
  return { pixels: Uint32Array.from(sorted, ([x, y]) => at(x, y)), depth: Float32Array.from(sorted, ([, , z]) => z) }
}

describe('depth from labels and LiDAR', () => {
  it('without a return near is that of the labels', () => {
    const frame = labels()
    const dense = densify(frame, returns([90, 90, 9]))
    for (const [x, y] of [[10, 50], [45, 45], [5, 5]] as const) expect(Math.abs(dense[at(x, y)] - frame.depth[at(x, y)])).toBeLessThanOrEqual(0.01 * frame.depth[at(x, y)]) // prettier-ignore
  })

  it('takes the depth of a return, and carries it over its own segment only', () => {
    const dense = densify(labels(), returns([41, 45, 20.6], [41, 35, 20.6], [44, 50, 20.6], [38, 45, 550 / 5.5 / 1.05]))
    expect(dense[at(41, 45)]).toBeCloseTo(20.6, 1)
    // The rest of the box moves with it; the road beside it has its own return, nearer by 5 parts in 100.
    expect(dense[at(54, 58)]).toBeCloseTo(20.6, 1)
    expect(dense[at(38, 45)] / (550 / 5.5)).toBeCloseTo(1 / 1.05, 2)
    expect(dense[at(39, 35)]).toBe(0)
  })

  it('does not let what is seen past a thing move the thing', () => {
    const own = [[45, 50, 20.4], [50, 50, 20.4], [47, 55, 20.4]] as const // prettier-ignore
    const past = Array.from({ length: 9 }, (_, i) => [42 + i, 31, 60] as const)
    expect(densify(labels(), returns(...own, ...past))[at(45, 59)]).toBeCloseTo(20.4, 1)
  })

  it('leaves out what lies below the road', () => {
    const frame = labels()
    const dense = densify(frame, returns([10, 80, 2 * frame.depth[at(10, 80)]]))
    expect(dense[at(10, 80)]).toBeCloseTo(frame.depth[at(10, 80)], 3)
  })

  it('shows what labels do not know, and bridges the gap between two rows of returns', () => {
    const rows = [14, 19].flatMap((y) => Array.from({ length: 30 }, (_, x) => [x, y, y === 14 ? 30 : 15] as const))
    const dense = densify(labels(), returns(...rows))
    expect(Math.abs(dense[at(10, 14)] - 30)).toBeLessThan(2)
    expect(Math.abs(dense[at(10, 19)] - 15)).toBeLessThan(1)
    expect(dense[at(10, 17)]).toBeLessThan(30)
    expect(dense[at(10, 17)]).toBeGreaterThan(15)
    // Far above, and beyond the last column of returns, there is sky.
    expect([dense[at(10, 2)], dense[at(60, 16)]]).toEqual([0, 0])
  })
})

describe('returns that the camera sees', () => {
  it('are not those between nearer ones', () => {
    const near = Array.from({ length: 20 }, (_, i) => [20 + 2 * i, 50, 8] as const)
    const kept = seenPoints(returns(...near, [31, 51, 40]), { width, height })
    expect(kept.depth).not.toContain(40)
    expect(kept.pixels).toHaveLength(near.length)
  })

  it('are those beside an edge, and on a road that comes nearer downwards', () => {
    const near = Array.from({ length: 10 }, (_, i) => [20 + 2 * i, 50, 8] as const)
    const road = Array.from({ length: 20 }, (_, i) => [80, 45 + 2 * i, 550 / (5.5 + 2 * i)] as const)
    const all = returns(...near, [44, 50, 40], ...road)
    expect(seenPoints(all, { width, height })).toEqual(all)
  })
})
