import { fthetaFromIntrinsics, identityPose, type Vec3 } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { lensOf } from './lens.ts'

const stored = [954.2063, 757.15415, 1920, 1080, 0, 1.05758628e-3, 8.2116208e-9, -3.3945008e-11, 8.0734208e-14, -2.94602496e-17, 1]
const camera = { name: 'front', ...fthetaFromIntrinsics(stored), camera_to_vehicle: identityPose }

/** Point, place at 1920x1080, place at 1280x720, for the published front wide camera. */
const table: [Vec3, [number, number], [number, number]][] = [
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

describe('f-theta lens of the reference renderer', () => {
  it.each(table)('%j lands within 0.001 px of the published vector', (point, native, small) => {
    for (const [size, expected] of [
      [[1920, 1080], native],
      [[1280, 720], small],
    ]) {
      const place = lensOf(camera, size[0], size[1])(point) ?? [NaN, NaN]
      expect(Math.hypot(place[0] - expected[0], place[1] - expected[1])).toBeLessThan(1e-3)
    }
  })
})
