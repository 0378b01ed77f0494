import { describe, expect, it } from 'vitest'
import type { Vec3 } from '../geometry/types.ts'
import { buildFtheta, fthetaFromIntrinsics } from './build-ftheta.ts'
import { evaluateDerivative, evaluatePolynomial } from './polynomial.ts'
import { project } from './project.ts'
import { scaleCamera } from './scale-camera.ts'
import type { Camera, FthetaModel } from './types.ts'
import { unproject } from './unproject.ts'

/** Published RDS-HQ intrinsics at 1920x1080: cx, cy, p1..p5, 1 where the polynomial maps pixels to angles. */
const published: Record<string, readonly number[]> = {
  front_wide: [954.2063, 757.15415, 1.05758628e-3, 8.2116208e-9, -3.3945008e-11, 8.0734208e-14, -2.94602496e-17, 1],
  cross_left: [964.86275, 744.439, 1.0655136e-3, -6.3100036e-9, 1.9566128e-11, 1.258088896e-14, 1.28343936e-18, 1],
  cross_right: [958.4103, 744.29785, 1.0670406e-3, -1.9016488e-9, 5.0939608e-12, 3.09046848e-14, -6.74121728e-18, 1],
  front_tele: [978.44415, 597.66565, 3675.74975, 178.78496, -387.41287, -11.4377625, 18.0317115, 0],
  rear_left: [933.82935, 557.2074, 1571.27855, 96.98752, -255.40837, 150.845965, 97.98543, 0],
  rear_right: [968.8991, 553.86615, 1564.0829, 100.93601, -264.07915, 149.67691, 100.501725, 0],
  rear_tele: [1032.4529, 514.0706, 3680.57665, -184.34178, 2877.95335, -12169.1035, 16158.127, 0],
}

function cameraOf(name: string): Camera {
  const [cx, cy, p1, p2, p3, p4, p5, isBackward] = published[name]
  const { model, width, height } = fthetaFromIntrinsics([cx, cy, 1920, 1080, 0, p1, p2, p3, p4, p5, isBackward])
  return { name, model, width, height, camera_to_vehicle: { rotation: [1, 0, 0, 0], translation: [0, 0, 0] } }
}

const frontWide = cameraOf('front_wide')
const fullModel = frontWide.model as FthetaModel
const smallModel = scaleCamera(frontWide, 1280, 720).model as FthetaModel

/** Points and where they land, from an independent NumPy least-squares implementation; the reference states 0.01 px. */
const vectors: readonly [Vec3, [number, number], [number, number]][] = [
  [
    [1, 1.5, 10],
    [1047.6833, 897.3696],
    [698.4555, 598.2464],
  ],
  [
    [-4, 1.5, 10],
    [597.4399, 890.9415],
    [398.2933, 593.961],
  ],
  [
    [-20, 1.5, 5],
    [-250.9648, 847.542],
    [-167.3098, 565.028],
  ],
  [
    [3, 1.5, 0.5],
    [2107.9191, 1334.0105],
    [1405.2806, 889.341],
  ],
  [
    [3, 1.5, -1],
    [2438.4074, 1499.2547],
    [1625.6132, 999.5073],
  ],
  [
    [-2, -3, 40],
    [907.0909, 686.481],
    [604.7273, 457.654],
  ],
]

describe('f-theta front_wide', () => {
  it('fits the angle-to-pixel polynomial of the reference', () => {
    const expected = [0, 944.90372, -1.21088, 11.29202, -44.76036, 16.92713]
    expected.forEach((value, i) => expect(fullModel.angleToPixel[i]).toBeCloseTo(value, 4))
    const scaled = [0, 629.93582, -0.80725, 7.52801, -29.84024, 11.28476]
    scaled.forEach((value, i) => expect(smallModel.angleToPixel[i]).toBeCloseTo(value, 4))
  })

  it('has the largest angle, its radius and its slope', () => {
    expect(fullModel.maxAngle).toBeCloseTo(1.347689, 6)
    expect(evaluatePolynomial(fullModel.angleToPixel, fullModel.maxAngle)).toBeCloseTo(1226.475, 2)
    // The reference prints 844.150 here, but its own coefficients above give 844.115.
    expect(evaluateDerivative(fullModel.angleToPixel, fullModel.maxAngle)).toBeCloseTo(844.115, 2)
    expect(smallModel.maxAngle).toBeCloseTo(1.347222, 6)
    expect(evaluatePolynomial(smallModel.angleToPixel, smallModel.maxAngle)).toBeCloseTo(817.387, 2)
    expect(evaluateDerivative(smallModel.angleToPixel, smallModel.maxAngle)).toBeCloseTo(562.761, 2)
  })

  it.each(vectors)('projects %j within 0.01 px at 1920x1080 and at 1280x720', (point, full, small) => {
    for (const [model, [u, v]] of [
      [fullModel, full],
      [smallModel, small],
    ] as const) {
      const got = project(model, point)
      expect(Math.abs(got.u - u)).toBeLessThan(0.01)
      expect(Math.abs(got.v - v)).toBeLessThan(0.01)
      expect(got.depth).toBe(point[2])
    }
  })

  it('says which points are beyond the valid angle', () => {
    expect(project(fullModel, [1, 1.5, 10]).valid).toBe(true)
    expect(project(fullModel, [3, 1.5, 0.5]).valid).toBe(false)
    expect(project(fullModel, [3, 1.5, -1]).valid).toBe(false)
    expect(project(fullModel, [0, 0, 5])).toEqual({ u: fullModel.cx, v: fullModel.cy, depth: 5, valid: true })
  })
})

describe('every published f-theta camera', () => {
  it.each(Object.keys(published))('%s: unproject undoes project to float64, and the fitted polynomial to a fraction of a pixel', (name) => {
    const model = cameraOf(name).model as FthetaModel
    for (let u = 0.5; u < 1920; u += 137.3) {
      for (let v = 0.5; v < 1080; v += 97.7) {
        const ray = unproject(model, u, v)
        expect(ray).toBeDefined()
        const back = project(model, ray ?? [0, 0, 1])
        expect(Math.hypot(back.u - u, back.v - v)).toBeLessThan(1e-9)
        const radius = Math.hypot(u - model.cx, v - model.cy)
        expect(Math.abs(evaluatePolynomial(model.angleToPixel, evaluatePolynomial(model.pixelToAngle, radius)) - radius)).toBeLessThan(0.2)
      }
    }
  })

  it('has the paraxial focal length of the published pinhole', () => {
    const focal = {
      front_wide: 945.549,
      cross_left: 938.51,
      cross_right: 937.17,
      front_tele: 3675.75,
      rear_left: 1571.28,
      rear_right: 1564.08,
      rear_tele: 3680.58,
    }
    for (const [name, fx] of Object.entries(focal)) {
      const model = cameraOf(name).model as FthetaModel
      const stored = model.reference === 'pixel-to-angle' ? 1 / model.pixelToAngle[1] : model.angleToPixel[1]
      expect(Math.abs(stored - fx)).toBeLessThan(0.01)
    }
  })
})

describe('linear term and scaling', () => {
  const [cx, cy, p1, p2, p3, p4, p5, isBackward] = published.front_wide
  const skewed = fthetaFromIntrinsics([cx, cy, 1920, 1080, 0, p1, p2, p3, p4, p5, isBackward, 1.01, 0.02, -0.015])

  it('applies [c d; e 1] to the offset from the principal point', () => {
    const plain = project({ ...skewed.model, c: 1, d: 0, e: 0 }, [1, -2, 4])
    const bent = project(skewed.model, [1, -2, 4])
    const [x, y] = [plain.u - cx, plain.v - cy]
    expect(bent.u - cx).toBeCloseTo(1.01 * x + 0.02 * y, 9)
    expect(bent.v - cy).toBeCloseTo(-0.015 * x + y, 9)
  })

  it('scales exactly, also with two different ratios', () => {
    const camera: Camera = { ...frontWide, model: skewed.model }
    const scaled = scaleCamera(camera, 1280, 704)
    for (const point of [
      [1, 1.5, 10],
      [-4, 1.5, 10],
      [-2, -3, 40],
      [8, 1, 5],
    ] as const) {
      const before = project(camera.model, point)
      const after = project(scaled.model, point)
      expect(after.u).toBeCloseTo((before.u * 1280) / 1920, 8)
      expect(after.v).toBeCloseTo((before.v * 704) / 1080, 8)
      const ray = unproject(scaled.model, after.u, after.v)
      const length = Math.hypot(...point)
      point.forEach((value, axis) => expect(ray?.[axis]).toBeCloseTo(value / length, 12))
    }
  })
})

describe('bad intrinsics', () => {
  it.each([
    [[1, 2, 3], /3 values.*11 or 14/],
    [[960, 540, 1920, 1080, 0, NaN, 0, 0, 0, 0, 1], /not finite/],
    [[960, 540, 1920, 1080, 0.1, 1e-3, 0, 0, 0, 0, 1], /p0 is 0.1/],
    [[960, 540, 1920, 1080, 0, 1e-3, 0, 0, 0, 0, 2], /is_bw_poly is 2/],
    [[960, 540, 0, 1080, 0, 1e-3, 0, 0, 0, 0, 1], /image size 0 x 1080/],
    [[960, 540, 1920, 1080, 0, -1e-3, 0, 0, 0, 0, 1], /does not grow/],
  ])('%j', (vector, message) => {
    expect(() => fthetaFromIntrinsics(vector)).toThrow(message)
  })

  it('refuses a linear term that cannot be undone', () => {
    const polynomial = [0, 1e-3]
    expect(() => buildFtheta({ cx: 1, cy: 1, width: 4, height: 4, polynomial, reference: 'pixel-to-angle', c: 1, d: 1, e: 1 })).toThrow(
      /singular/,
    )
  })
})
