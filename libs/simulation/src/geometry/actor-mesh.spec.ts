import { describe, expect, it } from 'vitest'
import { type Mesh, vertexBytes } from './mesh.ts'
import { isPerson, shapes, shapeSizes, type VehicleShape } from '../world/traffic/shapes.ts'
import { actorMesh } from './actor-mesh.ts'

function vertexOf(mesh: Mesh, index: number): { p: number[]; n: number[] } {
  const bytes = mesh.vertices()
  const view = new DataView(bytes.buffer, bytes.byteOffset + index * vertexBytes)
  return { p: [0, 4, 8].map((at) => view.getFloat32(at, true)), n: [12, 13, 14].map((at) => view.getInt8(at) / 127) }
}

function extent(mesh: Mesh): { low: number[]; high: number[] } {
  const all = Array.from({ length: mesh.vertexCount }, (_, i) => vertexOf(mesh, i).p)
  return { low: [0, 1, 2].map((k) => Math.min(...all.map((p) => p[k]))), high: [0, 1, 2].map((k) => Math.max(...all.map((p) => p[k]))) }
}

const vehicles = shapes.filter((shape): shape is VehicleShape => !isPerson(shape))
const fourWheeled = vehicles.filter((shape) => shape !== 'motorcycle' && shape !== 'bicycle')

describe('vehicle meshes', () => {
  it.each(vehicles)('%s fills its box and stands on its wheels', (shape) => {
    const { low, high } = extent(actorMesh(shape))
    const [length, width, height] = shapeSizes[shape]
    expect(low[2]).toBeCloseTo(0, 6)
    expect(high[2]).toBeCloseTo(height, 2)
    for (const [axis, size] of [length, width].entries()) {
      expect(Math.abs(high[axis] - size / 2), `axis ${axis}`).toBeLessThan(0.03)
      expect(Math.abs(low[axis] + size / 2), `axis ${axis}`).toBeLessThan(0.03)
    }
  })

  it.each(fourWheeled)('%s shows the outer faces of its wheels', (shape) => {
    const mesh = actorMesh(shape)
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

describe('pedestrian meshes', () => {
  it.each(shapes.filter(isPerson))('%s stands on the ground and fits its box', (shape) => {
    const { low, high } = extent(actorMesh(shape))
    const [length, width, height] = shapeSizes[shape]
    expect(low[2]).toBeCloseTo(0, 6)
    expect(high[2]).toBeCloseTo(height, 2)
    expect(Math.max(high[0], -low[0])).toBeLessThan(length / 2)
    expect(Math.max(high[1], -low[1])).toBeLessThanOrEqual(width / 2 + 1e-6)
  })
})

describe('every mesh', () => {
  it.each(shapes)('%s has few triangles, and faces that agree with their normals', (shape) => {
    const mesh = actorMesh(shape)
    expect(mesh.indices.length / 3).toBeLessThan(1200)
    let [agree, faces] = [0, 0]
    for (let i = 0; i < mesh.indices.length; i += 3) {
      const [a, b, c] = [0, 1, 2].map((k) => vertexOf(mesh, mesh.indices[i + k]))
      const [u, v] = [b, c].map(({ p }) => p.map((value, k) => value - a.p[k]))
      const n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]]
      if (Math.hypot(...n) < 1e-7) continue
      faces++
      if (n.reduce((sum, value, k) => sum + value * (a.n[k] + b.n[k] + c.n[k]), 0) > 0) agree++
    }
    expect(agree / faces).toBeGreaterThan(0.995)
  })
})
