import { describe, expect, it } from 'vitest'
import { shapeSizes } from '../world/traffic.ts'
import { type Mesh, vertexBytes } from './mesh.ts'
import { pedestrianMesh } from './pedestrian.ts'
import { vehicleMesh } from './vehicle.ts'

function vertexOf(mesh: Mesh, index: number): { p: number[]; n: number[] } {
  const bytes = mesh.vertices()
  const view = new DataView(bytes.buffer, bytes.byteOffset + index * vertexBytes)
  return { p: [0, 4, 8].map((at) => view.getFloat32(at, true)), n: [12, 13, 14].map((at) => view.getInt8(at) / 127) }
}

function extent(mesh: Mesh): { low: number[]; high: number[] } {
  const all = Array.from({ length: mesh.vertexCount }, (_, i) => vertexOf(mesh, i).p)
  return { low: [0, 1, 2].map((k) => Math.min(...all.map((p) => p[k]))), high: [0, 1, 2].map((k) => Math.max(...all.map((p) => p[k]))) }
}

describe('vehicle meshes', () => {
  it.each(['hatchback', 'saloon', 'suv', 'van', 'truck'] as const)('%s fills its box and stands on its wheels', (shape) => {
    const { low, high } = extent(vehicleMesh(shape))
    const [length, width, height] = shapeSizes[shape]
    expect(low[2]).toBeCloseTo(0, 6)
    expect(high[2]).toBeCloseTo(height, 2)
    for (const [axis, size] of [length, width].entries()) {
      expect(Math.abs(high[axis] - size / 2), `axis ${axis}`).toBeLessThan(0.03)
      expect(Math.abs(low[axis] + size / 2), `axis ${axis}`).toBeLessThan(0.03)
    }
  })

  it.each(['hatchback', 'saloon', 'suv', 'van', 'truck'] as const)('%s shows the outer faces of its wheels', (shape) => {
    const mesh = vehicleMesh(shape)
    const half = shapeSizes[shape][1] / 2
    let outward = 0
    for (let i = 0; i < mesh.indices.length; i += 3) {
      const [a, b, c] = [0, 1, 2].map((k) => vertexOf(mesh, mesh.indices[i + k]).p)
      // Wheel discs lie in the plane y = half width.
      if (![a, b, c].every((p) => Math.abs(Math.abs(p[1]) - half) < 1e-4 && p[2] < 1)) continue
      const side = Math.sign(a[1])
      const normalY = (b[2] - a[2]) * (c[0] - a[0]) - (b[0] - a[0]) * (c[2] - a[2])
      if (Math.abs(normalY) < 1e-9) continue
      expect(Math.sign(normalY)).toBe(side)
      outward++
    }
    expect(outward).toBeGreaterThan(40)
  })
})

describe('pedestrian mesh', () => {
  it('stands on the ground and fits its box', () => {
    const { low, high } = extent(pedestrianMesh())
    const [length, width, height] = shapeSizes.pedestrian
    expect(low[2]).toBeCloseTo(0, 6)
    expect(high[2]).toBeCloseTo(height, 2)
    expect(Math.max(high[0], -low[0])).toBeLessThan(length / 2)
    expect(Math.max(high[1], -low[1])).toBeLessThanOrEqual(width / 2 + 1e-6)
  })
})
