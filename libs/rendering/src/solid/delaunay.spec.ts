import { describe, expect, it } from 'vitest'
import { randomSource } from '../../test/scenario.ts'
import { constrainedDelaunay, delaunay } from './delaunay.ts'
import { turn } from './ear-clipping.ts'

const areaOf = (points: readonly number[], triangles: readonly number[]): number => {
  let area = 0
  for (let i = 0; i < triangles.length; i += 3) area += turn(points, triangles[i], triangles[i + 1], triangles[i + 2]) / 2
  return area
}

/** Whether the circle through each triangle holds none of the points, by the definition: distance from its centre. */
function isDelaunay(p: readonly number[], triangles: readonly number[]): boolean {
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = triangles.slice(i, i + 3)
    const [bx, by] = [p[2 * b] - p[2 * a], p[2 * b + 1] - p[2 * a + 1]]
    const [cx, cy] = [p[2 * c] - p[2 * a], p[2 * c + 1] - p[2 * a + 1]]
    const d = 2 * (bx * cy - by * cx)
    const [ux, uy] = [(cy * (bx * bx + by * by) - by * (cx * cx + cy * cy)) / d, (bx * (cx * cx + cy * cy) - cx * (bx * bx + by * by)) / d]
    const radius = Math.hypot(ux, uy)
    for (let k = 0; k < p.length; k += 2) {
      if (Math.hypot(p[k] - p[2 * a] - ux, p[k + 1] - p[2 * a + 1] - uy) < radius * (1 - 1e-6)) return false
    }
  }
  return true
}

describe('triangulation', () => {
  it('fills a concave outline and nothing else, in either direction', () => {
    const outline = [0, 0, 4, 0, 4, 1, 1, 1, 1, 4, 0, 4]
    const reversed = [0, 4, 1, 4, 1, 1, 4, 1, 4, 0, 0, 0]
    for (const ring of [outline, reversed]) {
      const triangles = constrainedDelaunay(ring)
      expect(triangles).toHaveLength(4 * 3)
      expect(areaOf(ring, triangles)).toBeCloseTo(7, 9)
    }
  })

  it('fills stars of many corners, and outlines with points along straight sides', () => {
    const random = randomSource(5)
    for (let round = 0; round < 20; round += 1) {
      const n = 5 + Math.floor(20 * Math.abs(random()))
      const star = Array.from({ length: n }, (_, i) => {
        const radius = 1 + 3 * Math.abs(random())
        return [radius * Math.cos((2 * Math.PI * i) / n), radius * Math.sin((2 * Math.PI * i) / n)]
      }).flat()
      let expected = 0
      for (let i = 0; i < n; i += 1) {
        const j = (i + 1) % n
        expected += (star[2 * i] * star[2 * j + 1] - star[2 * j] * star[2 * i + 1]) / 2
      }
      const triangles = constrainedDelaunay(star)
      expect(areaOf(star, triangles)).toBeCloseTo(expected, 9)
      for (let i = 0; i < triangles.length; i += 3) expect(turn(star, triangles[i], triangles[i + 1], triangles[i + 2])).toBeGreaterThan(0)
    }
    const sampled: number[] = []
    for (let i = 0; i < 10; i += 1) sampled.push(i, 0)
    for (let i = 0; i < 4; i += 1) sampled.push(10, i)
    for (let i = 0; i < 10; i += 1) sampled.push(10 - i, 4)
    for (let i = 0; i < 4; i += 1) sampled.push(0, 4 - i)
    expect(areaOf(sampled, constrainedDelaunay(sampled))).toBeCloseTo(40, 9)
    expect(areaOf(sampled, delaunay(sampled))).toBeCloseTo(40, 9)
  })

  it('of points: fills their hull, no point inside a circle', () => {
    const random = randomSource(9)
    for (let round = 0; round < 20; round += 1) {
      const points = Array.from({ length: 2 * (4 + round) }, () => 10 * random())
      const triangles = delaunay(points)
      expect(isDelaunay(points, triangles)).toBe(true)
    }
    const concave = [0, 0, 4, 0, 4, 1, 1, 1, 1, 4, 0, 4]
    // The hull's corners are (0,0) (4,0) (4,1) (1,4) (0,4).
    expect(areaOf(concave, delaunay(concave))).toBeCloseTo(11.5, 9)
  })

  it.each([[[]], [[0, 0]], [[0, 0, 1, 1]], [[0, 0, 1, 1, 2, 2, 3, 3]], [[1, 1, 1, 1, 1, 1]], [[0, 0, 2, 2, 2, 0, 0, 2]]])(
    'ends on %j',
    (points) => {
      for (const triangulate of [delaunay, constrainedDelaunay]) expect(triangulate(points).length % 3).toBe(0)
    },
  )
})
