import { type Camera, fthetaFromIntrinsics, type MapElement, project, type Vec3 } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { cameraOf, city, inCity, pinhole, randomSource, scenarioOf } from '../../test/scenario.ts'
import { buildStaticGeometry, type StaticGeometry } from './static-geometry.ts'
import { pictureHalfAngle, toCamera, type View, viewAt } from './view.ts'
import { appendVisible, SegmentList } from './visible-segments.ts'

const ftheta = fthetaFromIntrinsics([
  954.2063, 757.15415, 1920, 1080, 0, 1.05758628e-3, 8.2116208e-9, -3.3945008e-11, 8.0734208e-14, -2.94602496e-17, 1,
]).model

const cameras: Record<string, Camera> = {
  pinhole: cameraOf(pinhole),
  'f-theta': cameraOf(ftheta, 1920, 1080),
  'Kannala-Brandt': cameraOf({ kind: 'kannala-brandt', fx: 300, fy: 300, cx: 500, cy: 300, k: [-0.01, 0.004, -0.002, 0.0002] }, 1000, 600),
  'rational, barrel': cameraOf(
    { kind: 'opencv-rational', fx: 500, fy: 500, cx: 480, cy: 270, k: [-0.3, 0.09, -0.01, 0, 0, 0], p1: 0, p2: 0 },
    960,
    540,
  ),
}

/** Random walks over the ground in all directions around the vehicle, some of them far away. */
function randomRoads(): MapElement[] {
  const random = randomSource(11)
  return Array.from({ length: 150 }, (_, i): MapElement => {
    const points = [150 * random(), 150 * random(), -1.5]
    for (let k = 0; k < 12; k += 1) points.push(points[k * 3] + 15 * random(), points[k * 3 + 1] + 15 * random(), -1.5 + 0.5 * random())
    return { id: `${i}`, kind: 'road-boundary', line: inCity(...points) }
  })
}

const pieces = (list: SegmentList): { edge: number; from: number; to: number }[] =>
  Array.from({ length: list.count }, (_, i) => {
    const word = list.words[i * 2 + 1]
    return { edge: list.words[i * 2], from: word & 0xffff, to: word >>> 16 }
  })

const sampleAt = (geometry: StaticGeometry, view: View, edge: number, k: number): Vec3 => {
  const { ends, samples } = geometry
  const t = k / (samples[edge] - 1)
  const [x, y, z] = [0, 1, 2].map((axis) => ends[edge * 6 + axis] * (1 - t) + ends[edge * 6 + 3 + axis] * t)
  return toCamera(view.world_to_camera, x, y, z)
}

describe.each(Object.entries(cameras))('culling with a %s camera', (_name, camera) => {
  const scenario = scenarioOf({ map: randomRoads() })
  const geometry = buildStaticGeometry(scenario)
  const view = viewAt(scenario, camera, pictureHalfAngle(camera), 0, geometry.origin)
  const list = new SegmentList()
  appendVisible(list, geometry, 'road-boundary', view)

  it('drops nothing that would touch the picture', () => {
    const drawn = new Set(pieces(list).flatMap(({ edge, from, to }) => Array.from({ length: to - from }, (_u, i) => `${edge}/${from + i}`)))
    let dropped = 0
    for (let edge = 0; edge < geometry.edgeCount; edge += 1) {
      for (let k = 0; k + 1 < geometry.samples[edge]; k += 1) {
        if (drawn.has(`${edge}/${k}`)) continue
        dropped += 1
        // 21 points along the segment: each is behind, too far, beside the lens or outside the picture by more than the line's width.
        const [a, b] = [sampleAt(geometry, view, edge, k), sampleAt(geometry, view, edge, k + 1)]
        for (let i = 0; i <= 20; i += 1) {
          const p: Vec3 = [0, 1, 2].map((axis) => a[axis] + ((b[axis] - a[axis]) * i) / 20) as unknown as Vec3
          if (p[2] <= 0 || p[2] > 122.5) continue
          const { u, v, valid } = project(camera.model, p)
          if (valid) expect(u < -5 || v < -5 || u > camera.width + 4 || v > camera.height + 4).toBe(true)
        }
      }
    }
    expect(dropped).toBeGreaterThan(1000)
  })

  it('draws lit lines sample by sample, last element first', () => {
    const drawn = pieces(list)
    expect(drawn.length).toBeGreaterThan(50)
    for (const { edge, from, to } of drawn) {
      const depths = [sampleAt(geometry, view, edge, from)[2], sampleAt(geometry, view, edge, to)[2]]
      if (Math.min(...depths) <= 122.5) expect(to - from).toBe(1)
    }
    const order = drawn.map(({ edge, from }) => edge * 65_536 + from)
    expect(order).toEqual([...order].sort((a, b) => b - a))
  })

  it('keeps far less than everything', () => {
    const all = geometry.samples.reduce((sum, n) => sum + n - 1, 0)
    expect(list.count).toBeLessThan(all / 2)
  })
})

it('subtracts the local origin before float32: millimetres survive tens of kilometres', () => {
  const map: MapElement[] = [{ id: 'a', kind: 'road-boundary', line: inCity(1.001, 2.002, 3.003, 5, 6, 7) }]
  const { packed, origin } = buildStaticGeometry(scenarioOf({ map }))
  expect(origin).toEqual([...city])
  const [x, y, z] = new Float32Array(packed)
  expect(Math.hypot(x - 1.001, y - 2.002, z - 3.003)).toBeLessThan(1e-6)
})
