import { describe, expect, it } from 'vitest'
import { rasteriseGround } from './rasterise-ground.ts'
import { roadOutline } from './road-outline.ts'

describe('rasteriseGround', () => {
  it('takes the height of the nearest line, by comparison with all of them, and nothing far from any', () => {
    const lines = [Float64Array.of(0, 0, 1, 30, 0, 4), Float64Array.of(0, 12, 7, 30, 20, 7)]
    const { heights, rows, columns, scale, translation } = rasteriseGround(lines)
    let known = 0
    for (let row = 0; row < rows; row += 3) {
      for (let column = 0; column < columns; column += 3) {
        const [x, y] = [(column + 0.5) / scale - translation[0], (row + 0.5) / scale - translation[1]]
        const near = lines.map((line) => nearestOn(line, x, y)).sort((a, b) => a.distance - b.distance)
        const height = heights[row * columns + column]
        if (near[0].distance < 9.8) {
          known++
          const allowed = near.filter((one) => one.distance < near[0].distance + 0.4).map((one) => Math.abs(one.height - height))
          expect(Math.min(...allowed)).toBeLessThan(0.1)
        } else if (near[0].distance > 10.2) expect(height).toBeNaN()
      }
    }
    expect(known).toBeGreaterThan(500)
  })
})

function nearestOn([ax, ay, az, bx, by, bz]: Float64Array, x: number, y: number): { distance: number; height: number } {
  const t = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)))
  return { distance: Math.hypot(ax + t * (bx - ax) - x, ay + t * (by - ay) - y), height: az + t * (bz - az) }
}

describe('roadOutline', () => {
  const square = (id: string, x: number, z: number) => ({ id, ring: Float64Array.of(x, 0, z, x + 1, 0, z, x + 1, 1, z, x, 1, z) })

  it('closes an area without neighbours', () => {
    const [outline] = roadOutline([square('a', 0, 0)])
    expect(Array.from(outline.line)).toEqual([0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0])
    expect(outline.id).toBe('drivable-area:a')
  })

  it('leaves seams out, also where heights differ: three squares in a row, the middle one in two pieces', () => {
    const outlines = roadOutline([square('a', 0, 0), square('b', 1, 0.1), square('c', 2, 0.2)])
    expect(outlines.map(({ id }) => id)).toEqual(['drivable-area:a', 'drivable-area:b:0', 'drivable-area:b:1', 'drivable-area:c'])
    expect(outlines.map(({ line }) => line.length / 3)).toEqual([4, 2, 2, 4])
    // The pieces of b are its lower and its upper edge.
    expect(Array.from(outlines[2].line)).toEqual([1, 0, 0.1, 2, 0, 0.1])
    expect(Array.from(outlines[1].line)).toEqual([2, 1, 0.1, 1, 1, 0.1])
  })

  it('has nothing for an area that its neighbours enclose', () => {
    const inner = square('i', 1, 0)
    const around = { id: 'o', ring: inner.ring.slice() }
    expect(roadOutline([inner, around])).toEqual([])
  })
})
