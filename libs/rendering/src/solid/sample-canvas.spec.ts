import { expect, it } from 'vitest'
import { randomSource } from '../../test/scenario.ts'
import { type Corner, Rasteriser } from '../../test/solid/rasteriser.ts'
import { SampleCanvas } from './sample-canvas.ts'
import { packRgb, TriangleList } from './triangle-list.ts'

const [width, height] = [96, 64]

/** Triangles of all sizes, some reaching far beyond the picture, before the near plane and beyond the far one. */
function triangles(seed: number): Corner[][] {
  const random = randomSource(seed)
  return Array.from({ length: 200 }, () => {
    const size = 80 * Math.abs(random()) ** 3 + 1
    const [u, v, depth] = [48 + 60 * random(), 32 + 40 * random(), 100 + 120 * random()]
    return Array.from({ length: 3 }, () => {
      const rgb = [0, 1, 2].map(() => Math.floor(255 * Math.abs(random())))
      return { u: u + size * random(), v: v + size * random(), depth: depth + 60 * random(), rgb: rgb as [number, number, number] }
    })
  })
}

it('draws triangles as sample by sample evaluation in float64 does', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const slow = new Rasteriser(width, height, 200)
    const list = new TriangleList()
    for (const corners of triangles(seed)) {
      // Both see the corners that the list holds, in float32.
      const held = corners.map(({ u, v, depth, rgb }) => {
        const [x, y, z] = [Math.fround((2 * u) / width - 1), Math.fround(1 - (2 * v) / height), Math.fround(depth / 200)]
        const fade = Math.min(Math.max(1 - z, 0), 1) / 255
        const faded: [number, number, number] = [rgb[0] * fade, rgb[1] * fade, rgb[2] * fade]
        return {
          vertex: list.vertex(x, y, z, packRgb(rgb)),
          corner: { u: ((x + 1) * width) / 2, v: ((1 - y) * height) / 2, depth: z * 200, rgb: faded },
        }
      })
      list.triangle(held[0].vertex, held[1].vertex, held[2].vertex)
      slow.triangle(held[0].corner, held[1].corner, held[2].corner)
    }
    const ours = new SampleCanvas(width, height).draw(list)
    const theirs = slow.picture()
    let differing = 0
    for (let i = 0; i < ours.data.length; i += 1) if (Math.abs(ours.data[i] - theirs.data[i]) > 1) differing += 1
    // A sample whose depths tie in float32.
    expect(differing).toBeLessThanOrEqual(3)
  }
})

it('starts each picture on black', () => {
  const list = new TriangleList()
  const canvas = new SampleCanvas(width, height)
  const corner = (x: number, y: number): number => list.vertex(x, y, 0.2, packRgb([255, 255, 255]))
  list.triangle(corner(-3, -3), corner(3, -3), corner(0, 3))
  expect(canvas.draw(list).data[(32 * width + 48) * 3]).toBe(204)
  list.clear()
  expect(canvas.draw(list).data.every((value) => value === 0)).toBe(true)
})

it('leaves no gap where triangles share an edge', () => {
  // Edges at all eighths of a pixel, so also through sample places.
  const list = new TriangleList()
  const at = (u: number, v: number, z: number, red: number): number =>
    list.vertex((2 * u) / width - 1, 1 - (2 * v) / height, z, packRgb([red, 0, 0]))
  for (let i = 0; i < 12; i += 1) {
    const [u, v] = [8 + 0.125 * i + 6 * i, 8]
    list.triangle(at(u, v, 0.5, 200), at(u + 5, v, 0.5, 200), at(u, v + 40, 0.5, 200))
    list.triangle(at(u + 5, v, 0.5, 200), at(u + 5, v + 40, 0.5, 200), at(u, v + 40, 0.5, 200))
  }
  const { data } = new SampleCanvas(width, height).draw(list)
  for (let i = 0; i < 12; i += 1) {
    const u = Math.ceil(8 + 0.125 * i + 6 * i)
    for (let y = 9; y < 47; y += 1) for (let x = u; x < u + 4; x += 1) expect(data[(y * width + x) * 3]).toBe(100)
  }
})
