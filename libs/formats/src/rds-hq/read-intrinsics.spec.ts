import { project } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { failAt } from './fail.ts'
import { fthetaOf, pinholeOf } from './read-intrinsics.ts'

const fail = failAt({ file: 'x' })
/** Reference intrinsics of the seven cameras at 1920x1080 (Cosmos-Drive-Dreams, default_ftheta_intrinsic). */
const cameras: Readonly<Record<string, readonly number[]>> = {
  front_wide: [954.2063, 757.15415, 1920, 1080, 0, 1.05758628e-3, 8.2116208e-9, -3.3945008e-11, 8.0734208e-14, -2.94602496e-17, 1],
  cross_left: [964.86275, 744.439, 1920, 1080, 0, 1.0655136e-3, -6.3100036e-9, 1.9566128e-11, 1.258088896e-14, 1.28343936e-18, 1],
  cross_right: [958.4103, 744.29785, 1920, 1080, 0, 1.0670406e-3, -1.9016488e-9, 5.0939608e-12, 3.09046848e-14, -6.74121728e-18, 1],
  front_tele: [978.44415, 597.66565, 1920, 1080, 0, 3675.74975, 178.78496, -387.41287, -11.4377625, 18.0317115, 0],
  rear_left: [933.82935, 557.2074, 1920, 1080, 0, 1571.27855, 96.98752, -255.40837, 150.845965, 97.98543, 0],
  rear_right: [968.8991, 553.86615, 1920, 1080, 0, 1564.0829, 100.93601, -264.07915, 149.67691, 100.501725, 0],
  rear_tele: [1032.4529, 514.0706, 1920, 1080, 0, 3680.57665, -184.34178, 2877.95335, -12169.1035, 16158.127, 0],
}

describe('fthetaOf', () => {
  it.each(Object.entries(cameras))('takes the reference camera %s, with 11 values or 14', (_, vector) => {
    const { model, width, height } = fthetaOf(vector, fail)
    expect([width, height]).toEqual([1920, 1080])
    expect(fthetaOf([...vector, 1, 0, 0], fail).model).toEqual(model)
  })

  it('projects as the reference does', () => {
    const { model } = fthetaOf(cameras.front_wide, fail)
    for (const [point, u, v] of [
      [[1, 1.5, 10], 1047.6833, 897.3696],
      [[-20, 1.5, 5], -250.9648, 847.542],
      [[3, 1.5, -1], 2438.4074, 1499.2547],
    ] as const) {
      const projected = project(model, point)
      expect(Math.hypot(projected.u - u, projected.v - v)).toBeLessThan(0.01)
    }
  })

  it('uses the linear term', () => {
    const { model } = fthetaOf([...cameras.front_wide, 1.01, 0.002, 0.001], fail)
    expect(model).toMatchObject({ c: 1.01, d: 0.002, e: 0.001 })
  })

  it('refuses the wrong direction flag of every reference camera', () => {
    for (const vector of Object.values(cameras))
      expect(() => fthetaOf([...vector.slice(0, 10), 1 - vector[10]], fail)).toThrow(/while is_bw says/)
  })

  it('refuses polynomials that fall inside the image', () => {
    // t = 1e-3 r (1 - 2.9 q + 2.3 q^2) with q = r / 1000: falls between 260 and 580 pixels, and grows again up to the corner.
    const backward = [960, 540, 1920, 1080, 0, 1e-3, -2.9e-6, 2.3e-9, 0, 0, 1]
    expect(() => fthetaOf(backward, fail)).toThrow(/does not grow/)
    // The same shape from angle to pixel stops growing before the corner, so no angle belongs to that.
    expect(() => fthetaOf([960, 540, 1920, 1080, 0, 900, -2610, 2070, 0, 0, 0], fail)).toThrow(/does not grow|corner lies at/)
  })
})

describe('pinholeOf', () => {
  it('refuses focal lengths and images that are none', () => {
    expect(pinholeOf([945, 944, 954, 757, 1920, 1080], fail).model).toEqual({ kind: 'pinhole', fx: 945, fy: 944, cx: 954, cy: 757 })
    expect(() => pinholeOf([0, 944, 954, 757, 1920, 1080], fail)).toThrow(/focal length is 0 px \(file x, field fx\)/)
    expect(() => pinholeOf([945, NaN, 954, 757, 1920, 1080], fail)).toThrow(/field fy/)
    expect(() => pinholeOf([945, 944, 1e9, 757, 1920, 1080], fail)).toThrow(/principal point is 1000000000/)
    expect(() => pinholeOf([945, 944, 954, 757, 1e6, 1080], fail)).toThrow(/image width is 1000000/)
    expect(() => pinholeOf([945], fail)).toThrow(/has 1 values/)
  })
})
