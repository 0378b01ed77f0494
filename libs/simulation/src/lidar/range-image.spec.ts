import { describe, expect, it } from 'vitest'
import { Random } from '../random.ts'
import { RangeImage, type ColumnRays } from './range-image.ts'
import { lidarSensor } from './sensor.ts'
import type { Triangles } from './triangles.ts'

const sensor = lidarSensor({ rows: 16, columns: 73 })

/** A sensor that moves and turns while it spins. */
function movingRays(): ColumnRays {
  const share = (_: unknown, i: number): number => i / (sensor.columns - 1)
  return {
    x: Float64Array.from({ length: sensor.columns }, share).map((t) => 1 + 0.9 * t),
    y: Float64Array.from({ length: sensor.columns }, share).map((t) => -2 + 0.2 * t),
    heading: Float64Array.from({ length: sensor.columns }, share).map((t) => 0.4 + 0.05 * t),
    z: 2,
  }
}

function randomTriangles(count: number, seed: number): Triangles {
  const random = new Random(seed)
  const corners = new Float64Array(9 * count)
  for (let i = 0; i < count; i++) {
    const centre = [random.between(-25, 25), random.between(-25, 25), random.between(0, 4)]
    const size = random.pick([0.3, 2, 15])
    for (let k = 0; k < 9; k++) corners[9 * i + k] = centre[k % 3] + size * random.between(-1, 1) * (k % 3 === 2 ? 0.4 : 1)
  }
  return { count, corners, material: new Uint8Array(count), limbs: new Uint8Array(3 * count) }
}

/** Ray and triangle by Möller and Trumbore, front faces only. */
function meet(p: Float64Array, at: number, origin: number[], d: number[]): number {
  const corner = (k: number): number[] => [p[at + 3 * k], p[at + 3 * k + 1], p[at + 3 * k + 2]]
  const minus = (a: number[], b: number[]): number[] => a.map((value, i) => value - b[i])
  const cross = (a: number[], b: number[]): number[] => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
  const dot = (a: number[], b: number[]): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
  const [a, b, c] = [corner(0), corner(1), corner(2)]
  const [e1, e2] = [minus(b, a), minus(c, a)]
  const h = cross(d, e2)
  const det = dot(e1, h)
  if (det <= 0) return Infinity
  const s = minus(origin, a)
  const u = dot(s, h) / det
  const q = cross(s, e1)
  const v = dot(d, q) / det
  const t = dot(e2, q) / det
  return u < 0 || v < 0 || u + v > 1 || t <= 0 ? Infinity : t
}

describe('RangeImage', () => {
  it.each([1, 2, 3])('finds what every ray of a moving sensor meets first (world %i)', (seed) => {
    const rays = movingRays()
    const triangles = randomTriangles(300, seed)
    const image = new RangeImage(sensor, rays, 200)
    image.add(triangles, 100)
    let hits = 0
    let near = 0
    let error = 0
    const wrong: string[] = []
    for (let column = 0; column < sensor.columns; column++) {
      for (let row = 0; row < sensor.rows; row++) {
        const [azimuth, elevation] = [sensor.azimuths[column] + rays.heading[column], sensor.elevations[row]]
        const d = [Math.cos(elevation) * Math.cos(azimuth), Math.cos(elevation) * Math.sin(azimuth), Math.sin(elevation)]
        let [best, which] = [Infinity, -1]
        for (let i = 0; i < triangles.count; i++) {
          const t = meet(triangles.corners, 9 * i, [rays.x[column], rays.y[column], rays.z], d)
          if (t < best) [best, which] = [t, i + 100]
        }
        // Nothing within the sensor's housing is asked for.
        if (best * Math.cos(elevation) < 0.2) {
          near++
          continue
        }
        const at = column * sensor.rows + row
        if (image.hit[at] !== which) wrong.push(`column ${column} row ${row}: ${image.hit[at]}, not ${which}`)
        if (which < 0) continue
        hits++
        error = Math.max(error, Math.abs(image.distance[at] / Math.cos(elevation) - best))
      }
    }
    expect(wrong).toEqual([])
    expect(error).toBeLessThan(1e-9)
    expect(hits).toBeGreaterThan(250)
    expect(near).toBeLessThan(60)
  })

  it('leaves no gap between triangles that share an edge', () => {
    // A ground of quads whose edges run in every direction.
    const corners: number[] = []
    const point = (i: number, j: number): number[] => [i * 3 + Math.sin(j * 1.7), j * 3 + Math.cos(i * 2.3), 0]
    for (let i = -20; i < 20; i++) {
      for (let j = -20; j < 20; j++) {
        const [a, b, c, d] = [point(i, j), point(i + 1, j), point(i + 1, j + 1), point(i, j + 1)]
        corners.push(...a, ...b, ...c, ...a, ...c, ...d)
      }
    }
    const count = corners.length / 9
    const rays = movingRays()
    const image = new RangeImage(sensor, rays, 200)
    image.add({ count, corners: Float64Array.from(corners), material: new Uint8Array(count), limbs: new Uint8Array(3 * count) }, 0)
    let error = 0
    for (let column = 0; column < sensor.columns; column++) {
      for (let row = 0; row < sensor.rows; row++) {
        const expected = -2 / Math.tan(sensor.elevations[row])
        if (expected <= 0 || expected > 45) continue
        error = Math.max(error, Math.abs(image.distance[column * sensor.rows + row] - expected))
      }
    }
    expect(error).toBeLessThan(1e-9)
  })

  it('measures only the columns that are asked for', () => {
    const image = new RangeImage(sensor, movingRays(), 200)
    image.add(randomTriangles(400, 1), 0, 0, 400, 10, 20)
    const columns = new Set(Array.from(image.hit, (hit, at) => (hit >= 0 ? Math.floor(at / sensor.rows) : -1)))
    expect([...columns].sort((a, b) => a - b)).toEqual([-1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
  })
})
