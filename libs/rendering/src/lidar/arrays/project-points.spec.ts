import { type CameraModel, fthetaFromIntrinsics, identityPose, poseToMat4, scaleCamera } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { cameraOf, randomSource } from '../../../test/scenario.ts'
import { Projector } from '../../camera/projector.ts'
import { batchSize, createBatch, pointProjection } from './project-points.ts'
import { viewSides } from './view-sides.ts'

const bw = [954.2063, 757.15415, 1920, 1080, 0, 1.05758628e-3, 8.2116208e-9, -3.3945008e-11, 8.0734208e-14, -2.94602496e-17, 1]
const fw = [1032.4529, 514.0706, 1920, 1080, 0, 3680.57665, -184.34178, 2877.95335, -12169.1035, 16158.127, 0, 1.001, 0.0005, -0.0004]
const models: Record<string, CameraModel> = {
  pinhole: { kind: 'pinhole', fx: 1100, fy: 1080, cx: 955, cy: 545 },
  rational: {
    kind: 'opencv-rational',
    fx: 900,
    fy: 905,
    cx: 960,
    cy: 540,
    k: [0.38, -0.21, 0.012, 0.74, -0.14, -0.004],
    p1: 3e-4,
    p2: -2e-4,
  },
  'Brown-Conrady': { kind: 'opencv-rational', fx: 1000, fy: 1000, cx: 960, cy: 540, k: [-0.3, 0.09, -0.01, 0, 0, 0], p1: 0, p2: 0 },
  'Kannala-Brandt': { kind: 'kannala-brandt', fx: 560, fy: 558, cx: 962, cy: 538, k: [-0.013, 0.006, -0.004, 0.0006] },
  'f-theta, pixel to angle': fthetaFromIntrinsics(bw).model,
  'f-theta, telephoto with linear term': fthetaFromIntrinsics(fw).model,
}

describe.each(Object.entries(models))('%s', (_name, model) => {
  const camera = scaleCamera(cameraOf(model, 1920, 1080), 1280, 720)
  const bounds = { width: 1280, height: 720, margin: 2 }
  const random = randomSource(4)
  const points = Float32Array.from({ length: 3 * 20_000 }, (_, i) => (i % 3 === 2 ? 60 * random() + 30 : 70 * random()))
  const onAxis = [0, 0, 20, 1e-6, 0, 20, 0, -1e-5, 7]
  points.set(onAxis, 0)
  const inside = (u: number, v: number): boolean => u >= -2 && v >= -2 && u < 1282 && v < 722

  const projector = new Projector(camera.model)
  function* expected(): Generator<{ p: [number, number, number]; seen: boolean }> {
    for (let i = 0; i < points.length; i += 3) {
      const p: [number, number, number] = [points[i], points[i + 1], points[i + 2]]
      projector.project(...p)
      yield { p, seen: p[2] > 0 && inside(projector.u, projector.v) }
    }
  }

  it('keeps the points in front of the camera that land in the picture, within 0.001 px of their exact place', () => {
    const exact = [...expected()].filter(({ seen }) => seen)
    const project = pointProjection(camera.model, bounds)
    const batch = createBatch()
    let found = 0
    for (let first = 0; first < points.length / 3; first += batchSize) {
      const count = Math.min(batchSize, points.length / 3 - first)
      const seen = project(poseToMat4(identityPose), points, first, count, batch)
      for (let i = 0; i < seen; i += 1, found += 1) {
        projector.project(...exact[found].p)
        expect(Math.hypot(batch.u[i] - projector.u, batch.v[i] - projector.v)).toBeLessThan(0.001)
        expect(batch.z[i]).toBe(exact[found].p[2])
      }
    }
    expect(found).toBe(exact.length)
    expect(found).toBeGreaterThan(100)
  })

  it('culls none of them by the sides of the view, and most of the others', () => {
    const sides = viewSides(camera, 2)
    let culled = 0
    for (const { p, seen } of expected()) {
      const kept = sides.every((side) => side[0] * p[0] + side[1] * p[1] + side[2] * p[2] >= 0)
      if (seen) expect(kept).toBe(true)
      else if (!kept) culled += 1
    }
    expect(culled).toBeGreaterThan(5000)
  })
})
