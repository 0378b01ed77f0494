import { describe, expect, it } from 'vitest'
import { maxValidAngle } from './field-of-view.ts'
import { project } from './project.ts'
import { scaleCamera } from './scale-camera.ts'
import type { CameraModel, KannalaBrandtModel, OpenCvRationalModel, PinholeModel } from './types.ts'
import { unproject } from './unproject.ts'

const pinhole: PinholeModel = { kind: 'pinhole', fx: 945.549, fy: 940, cx: 954.2, cy: 557.1 }
const rational: OpenCvRationalModel = {
  kind: 'opencv-rational', fx: 1000, fy: 1010, cx: 955, cy: 545,
  k: [0.35, 0.02, 0.001, 0.55, 0.03, 0.001], p1: 4e-4, p2: -3e-4,
} // prettier-ignore
const barrel: OpenCvRationalModel = {
  kind: 'opencv-rational',
  fx: 1000,
  fy: 1000,
  cx: 960,
  cy: 540,
  k: [-0.3, 0.05, 0, 0, 0, 0],
  p1: 0,
  p2: 0,
}
const fisheye: KannalaBrandtModel = { kind: 'kannala-brandt', fx: 560, fy: 562, cx: 950, cy: 530, k: [-0.02, 0.004, -0.002, 0.0003] }

const all: readonly CameraModel[] = [pinhole, rational, barrel, fisheye]

describe.each(all)('$kind', (model) => {
  it('unproject undoes project to float64 across the image', () => {
    for (let u = 0.5; u < 1920; u += 71.3) {
      for (let v = 0.5; v < 1080; v += 53.9) {
        const ray = unproject(model, u, v)
        if (ray === undefined) throw new Error(`no ray at ${u}, ${v}`)
        expect(Math.abs(Math.hypot(...ray) - 1)).toBeLessThan(1e-14)
        const back = project(model, ray)
        expect(back.valid).toBe(true)
        expect(Math.hypot(back.u - u, back.v - v)).toBeLessThan(1e-9)
      }
    }
  })

  it('scales exactly', () => {
    const camera = {
      name: 'a',
      model,
      width: 1920,
      height: 1080,
      camera_to_vehicle: { rotation: [1, 0, 0, 0], translation: [0, 0, 0] },
    } as const
    const scaled = scaleCamera(camera, 320, 176)
    const [before, after] = [project(model, [1, -0.5, 3]), project(scaled.model, [1, -0.5, 3])]
    expect(after.u).toBeCloseTo((before.u * 320) / 1920, 10)
    expect(after.v).toBeCloseTo((before.v * 176) / 1080, 10)
  })
})

describe('scaleCamera', () => {
  it.each([
    [0, 10],
    [10.5, 10],
    [10, -1],
  ])('refuses %f x %f', (width, height) => {
    const camera = {
      name: 'nose',
      model: pinhole,
      width: 1920,
      height: 1080,
      camera_to_vehicle: { rotation: [1, 0, 0, 0], translation: [0, 0, 0] },
    } as const
    expect(() => scaleCamera(camera, width, height)).toThrow(/cannot scale camera nose to/)
  })
})

describe('known values', () => {
  it('pinhole', () => {
    expect(project(pinhole, [1, 2, 10])).toEqual({ u: 954.2 + 94.5549, v: 557.1 + 188, depth: 10, valid: true })
    expect(project(pinhole, [1, 2, 0]).valid).toBe(false)
    expect(project(pinhole, [1, 2, -3])).toMatchObject({ u: NaN, depth: -3, valid: false })
  })

  it('rational: the terms of OpenCV written out for one point', () => {
    const [x, y] = [0.3, -0.2]
    const r2 = 0.13
    const factor = (1 + 0.35 * r2 + 0.02 * r2 ** 2 + 0.001 * r2 ** 3) / (1 + 0.55 * r2 + 0.03 * r2 ** 2 + 0.001 * r2 ** 3)
    const dx = x * factor + 2 * 4e-4 * x * y - 3e-4 * (r2 + 2 * x * x)
    const dy = y * factor + 4e-4 * (r2 + 2 * y * y) - 2 * 3e-4 * x * y
    const got = project(rational, [3, -2, 10])
    expect(got.u).toBeCloseTo(1000 * dx + 955, 10)
    expect(got.v).toBeCloseTo(1010 * dy + 545, 10)
  })

  it('fisheye: an equidistant lens maps 90 degrees to f pi/2', () => {
    const equidistant: KannalaBrandtModel = { ...fisheye, k: [0, 0, 0, 0] }
    expect(project(equidistant, [1, 0, 0]).u).toBeCloseTo(950 + (560 * Math.PI) / 2, 10)
    expect(maxValidAngle(equidistant)).toBe(Math.PI)
  })
})

describe('valid field of view', () => {
  it('ends where barrel distortion turns back: d/dr (r - 0.3 r^3 + 0.05 r^5) has no root, with k2 = 0 it is 1/sqrt(0.9)', () => {
    const folding: OpenCvRationalModel = { ...barrel, k: [-0.3, 0, 0, 0, 0, 0] }
    const limit = 1 / Math.sqrt(0.9)
    expect(maxValidAngle(folding)).toBeCloseTo(Math.atan(limit), 9)
    expect(project(folding, [limit * 0.999, 0, 1]).valid).toBe(true)
    expect(project(folding, [limit * 1.001, 0, 1]).valid).toBe(false)
    expect(unproject(folding, 960 + 1000 * (limit - 0.3 * limit ** 3) + 1, 540)).toBeUndefined()
  })

  it('ends before a pole of the quotient', () => {
    const pole: OpenCvRationalModel = { ...barrel, k: [0, 0, 0, -1, 0, 0] }
    expect(maxValidAngle(pole)).toBeCloseTo(Math.PI / 4, 6)
    expect(project(pole, [1.2, 0, 1]).valid).toBe(false)
  })

  it('ends where the fisheye polynomial turns back: 1 - 3 * 0.2 theta^2 = 0', () => {
    const folding: KannalaBrandtModel = { ...fisheye, k: [-0.2, 0, 0, 0] }
    expect(maxValidAngle(folding)).toBeCloseTo(1 / Math.sqrt(0.6), 9)
    expect(project(folding, [Math.tan(1.28), 0, 1]).valid).toBe(true)
    expect(project(folding, [Math.tan(1.3), 0, 1]).valid).toBe(false)
  })
})
