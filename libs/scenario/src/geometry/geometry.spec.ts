import { describe, expect, it } from 'vitest'
import { mat3ToQuat, mat4ToPose, multiplyMat4, poseToMat4, transformPointByMat4 } from './mat4.ts'
import { composePose, identityPose, invertPose, transformPoint, transformPoints } from './pose.ts'
import {
  angleBetweenQuats,
  conjugateQuat,
  multiplyQuat,
  normalizeQuat,
  quatFromAxisAngle,
  quatFromRollPitchYaw,
  rotateVec,
  slerp,
  yawOfQuat,
} from './quat.ts'
import type { Pose, Quat, Vec3 } from './types.ts'

/** A small seeded generator (mulberry32), so that a failure can be repeated. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const random = randomOf(7)
const randomQuat = (): Quat => normalizeQuat([random() - 0.5, random() - 0.5, random() - 0.5, random() - 0.5])
const randomVec = (size: number): Vec3 => [size * (random() - 0.5), size * (random() - 0.5), size * (random() - 0.5)]

function expectClose(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a.length).toBe(b.length)
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i] - b[i])).toBeLessThanOrEqual(tolerance)
}

describe('quaternions', () => {
  it('turns x to y about z', () => {
    expectClose(rotateVec(quatFromAxisAngle([0, 0, 2], Math.PI / 2), [1, 0, 0]), [0, 1, 0], 1e-15)
    expect(yawOfQuat(quatFromRollPitchYaw(0.1, -0.2, 2.5))).toBeCloseTo(2.5, 12)
  })

  it('roll, pitch, yaw are Rz Ry Rx', () => {
    const [roll, pitch, yaw] = [0.3, -0.7, 2.1]
    const about = (axis: Vec3, angle: number): Quat => quatFromAxisAngle(axis, angle)
    const product = multiplyQuat(about([0, 0, 1], yaw), multiplyQuat(about([0, 1, 0], pitch), about([1, 0, 0], roll)))
    expectClose(quatFromRollPitchYaw(roll, pitch, yaw), product, 1e-15)
  })

  it('comes back from its matrix for any rotation, also half turns', () => {
    const halfTurns: Quat[] = [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], normalizeQuat([0, 1, -1, 0])]
    for (const q of [...halfTurns, ...Array.from({ length: 200 }, randomQuat)]) {
      const m = poseToMat4({ rotation: q, translation: [1, 2, 3] })
      expect(angleBetweenQuats(mat4ToPose(m).rotation, q)).toBeLessThan(1e-14)
      expect(angleBetweenQuats(mat3ToQuat([m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]]), q)).toBeLessThan(1e-14)
    }
  })
})

describe('slerp', () => {
  it('equals the closed form a (a^-1 b)^t, the relative turn by its axis and a fraction of its angle', () => {
    for (let i = 0; i < 500; i++) {
      const [a, b, t] = [randomQuat(), randomQuat(), random()]
      let relative = multiplyQuat(conjugateQuat(a), b)
      if (relative[0] < 0) relative = [-relative[0], -relative[1], -relative[2], -relative[3]]
      const angle = 2 * Math.atan2(Math.hypot(relative[1], relative[2], relative[3]), relative[0])
      const closed = multiplyQuat(a, quatFromAxisAngle([relative[1], relative[2], relative[3]], angle * t))
      expect(angleBetweenQuats(slerp(a, b, t), closed)).toBeLessThan(1e-14)
    }
  })

  it('takes the shorter arc at constant speed, keeps its ends, and is symmetric', () => {
    for (let i = 0; i < 200; i++) {
      const [a, b, t] = [randomQuat(), randomQuat(), random()]
      const whole = angleBetweenQuats(a, b)
      expect(whole).toBeLessThanOrEqual(Math.PI + 1e-12)
      const at = slerp(a, b, t)
      expect(angleBetweenQuats(a, at)).toBeCloseTo(t * whole, 12)
      expect(angleBetweenQuats(at, slerp(b, a, 1 - t))).toBeLessThan(1e-13)
      expect(angleBetweenQuats(slerp(a, [-b[0], -b[1], -b[2], -b[3]], t), at)).toBeLessThan(1e-13)
      expect(angleBetweenQuats(slerp(a, b, 0), a)).toBeLessThan(1e-15 * 4)
      expect(angleBetweenQuats(slerp(a, b, 1), b)).toBeLessThan(1e-15 * 4)
    }
  })

  it.each([1e-3, 1e-7, 1e-9, 1e-12, 0])('keeps its precision for an angle of %f rad', (angle) => {
    const a = randomQuat()
    const b = multiplyQuat(a, quatFromAxisAngle([0, 0, 1], angle))
    const expected = multiplyQuat(a, quatFromAxisAngle([0, 0, 1], angle * 0.25))
    expectClose(slerp(a, b, 0.25), expected, 1e-15)
  })
})

describe('poses', () => {
  it('compose, invert and matrices agree', () => {
    for (let i = 0; i < 100; i++) {
      const a_to_b: Pose = { rotation: randomQuat(), translation: randomVec(100) }
      const b_to_c: Pose = { rotation: randomQuat(), translation: randomVec(100) }
      const point = randomVec(50)
      const a_to_c = composePose(b_to_c, a_to_b)
      const stepwise = transformPoint(b_to_c, transformPoint(a_to_b, point))
      expectClose(transformPoint(a_to_c, point), stepwise, 1e-12)
      expectClose(transformPointByMat4(multiplyMat4(poseToMat4(b_to_c), poseToMat4(a_to_b)), point), stepwise, 1e-12)
      expectClose(transformPoint(invertPose(a_to_c), stepwise), point, 1e-12)
      expectClose(poseToMat4(composePose(invertPose(a_to_b), a_to_b)), poseToMat4(identityPose), 1e-13)
    }
  })

  it('transforms many points, in place too, in float64 where the output is', () => {
    const pose: Pose = { rotation: quatFromAxisAngle([0, 0, 1], Math.PI / 2), translation: [5000, 2000, 60] }
    const points = Float32Array.of(1, 0, 0, 0, 1, 0)
    expectClose(transformPoints(pose, points, new Float64Array(6)), [5000, 2001, 60, 4999, 2000, 60], 1e-12)
    expect(transformPoints(pose, points)).toBeInstanceOf(Float32Array)
    const own = Float64Array.of(1, 2, 3)
    expect(transformPoints(pose, own, own)).toBe(own)
    expectClose(own, [4998, 2001, 63], 1e-12)
  })
})
