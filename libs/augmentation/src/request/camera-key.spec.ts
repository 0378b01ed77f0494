import { buildTrajectory, type Camera } from '@virga/scenario'
import { expect, it } from 'vitest'
import { cameraDigest } from './camera-key.ts'

const camera: Camera = {
  name: 'c',
  model: { kind: 'pinhole', fx: 900, fy: 900, cx: 320, cy: 180 },
  width: 640,
  height: 360,
  camera_to_vehicle: { rotation: [1, 0, 0, 0], translation: [0, 0, 0] },
}
const path = (y: number) =>
  buildTrajectory(
    {
      timesUs: Float64Array.of(0, 1e5),
      translations: Float64Array.of(0, 0, 0, 1, y, 0),
      rotations: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0),
    },
    {},
  )

it('changes with the lens, the place and every pose, and with nothing else', () => {
  const all = [
    camera,
    { ...camera, model: { ...camera.model, cx: 321 } },
    { ...camera, camera_to_vehicle: { rotation: [1, 0, 0, 0], translation: [0, 0, 1] } },
    { ...camera, camera_to_world: path(0) },
    { ...camera, camera_to_world: path(0.001) },
  ] as Camera[]
  expect(new Set(all.map(cameraDigest)).size).toBe(all.length)
  expect(cameraDigest({ ...camera, camera_to_world: path(0) })).toBe(cameraDigest(all[3]))
})
