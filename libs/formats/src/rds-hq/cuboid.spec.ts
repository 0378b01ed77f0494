import { quatFromRollPitchYaw, rotateVec, type Vec3 } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { cuboidOf, orderedCorners } from './cuboid.ts'
import { failAt } from './fail.ts'

const fail = failAt({ file: 'x' })
const signs = [[1, 1, 1], [1, -1, 1], [-1, -1, 1], [-1, 1, 1], [1, 1, -1], [1, -1, -1], [-1, -1, -1], [-1, 1, -1]] // prettier-ignore

/** Corners of a turned box in a scenario's order. */
function box([l, w, h]: Vec3, yaw: number, pitch = 0): Vec3[] {
  const rotation = quatFromRollPitchYaw(0.05, pitch, yaw)
  return signs.map(([x, y, z]) => {
    const [a, b, c] = rotateVec(rotation, [(x * l) / 2, (y * w) / 2, (z * h) / 2])
    return [a + 30, b - 20, c + 5]
  })
}

/** The points in an order that does not depend on the first. */
const sorted = (corners: Float64Array | readonly Vec3[]): string[] => {
  const flat = Array.isArray(corners) ? (corners as readonly Vec3[]).flat() : [...(corners as Float64Array)]
  return Array.from({ length: flat.length / 3 }, (_, i) =>
    flat
      .slice(3 * i, 3 * i + 3)
      .map((value) => value.toFixed(6))
      .join(),
  ).sort()
}

describe('orderedCorners', () => {
  it.each<[string, Vec3, number]>([
    ['a car', [4, 2, 1.5], 0.7],
    ['a thin sign', [0.01, 0.75, 0.33], -2.1],
    ['a tall light', [0.3, 0.3, 1.2], 1.3],
    ['a sheet', [1, 1, 0], 0.2],
  ])('finds the box of %s from its corners in any order', (_, size, yaw) => {
    const corners = box(size, yaw)
    for (let shuffle = 0; shuffle < 40; shuffle++) {
      const mixed = corners
        .map((corner, i) => ({ corner, key: Math.imul(i + 1, 2654435761 + 40503 * shuffle) >>> 0 }))
        .sort((a, b) => a.key - b.key)
      const ordered = orderedCorners(Float64Array.from(mixed.flatMap(({ corner }) => corner)))
      if (ordered === undefined) throw new Error('no box')
      expect(sorted(ordered)).toEqual(sorted(corners))
      const at = (i: number): number[] => [...ordered.subarray(3 * i, 3 * i + 3)]
      // Every top corner stands above its bottom corner, and x cross y points up.
      for (let i = 0; i < 4; i++) expect(at(i)[2]).toBeGreaterThanOrEqual(at(i + 4)[2])
      const [x, y] = [3, 1].map((i) => at(0).map((value, axis) => value - at(i)[axis]))
      expect(x[0] * y[1] - x[1] * y[0]).toBeGreaterThanOrEqual(-1e-9)
    }
  })

  it('keeps the first vertex first where it lies at the top', () => {
    const corners = box([2, 1, 3], 0.4)
    const [a, b, c, d, ...bottom] = corners
    const ordered = orderedCorners(Float64Array.from([c, d, a, b, ...bottom].flat()))
    expect([...(ordered ?? [])].slice(0, 3)).toEqual(c)
  })

  it('refuses what is no box', () => {
    const corners = box([2, 1, 3], 0.4)
    expect(orderedCorners(Float64Array.from(corners.map((p, i): Vec3 => (i === 5 ? [p[0] + 0.5, p[1], p[2]] : p)).flat()))).toBeUndefined()
    const skewed = corners.map(([x, y, z]): Vec3 => [x + (z - 5), y, z])
    expect(orderedCorners(Float64Array.from(skewed.flat()))).toBeUndefined()
  })
})

describe('cuboidOf', () => {
  it('turns the older form about z, then y, then x', () => {
    const value = { center: [30, -20, 5], orientation: { x: 0.7, y: -0.2, z: 0.05 }, dimensions: { x: 4, y: 2, z: 1.5 } }
    const { corners, isBox } = cuboidOf(value, fail)
    expect(isBox).toBe(true)
    expect(sorted(corners)).toEqual(sorted(box([4, 2, 1.5], 0.7, -0.2)))
  })

  it('refuses an older form that lacks a part', () => {
    expect(() => cuboidOf({ center: [1, 2, 3], orientation: [0, 0, 0] }, fail)).toThrow(/dimensions is missing/)
    expect(() => cuboidOf({ center: [1, 2, NaN], orientation: [0, 0, 0], dimensions: [1, 1, 1] }, fail)).toThrow(/coordinate is/)
    expect(() => cuboidOf([], fail)).toThrow(/cuboid is a list of 0/)
  })
})
