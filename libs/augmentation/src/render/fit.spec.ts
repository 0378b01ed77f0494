import { type Camera, project } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { cameraOfPicture, chainOf, trainedSize } from './fit.ts'

const camera = (width: number, height: number): Camera => ({
  name: 'c',
  model: { kind: 'pinhole', fx: 900, fy: 900, cx: width / 2, cy: height / 2 },
  width,
  height,
  camera_to_vehicle: { rotation: [1, 0, 0, 0], translation: [0, 0, 0] },
})
const wide = camera(1920, 1080)
const portrait = camera(1550, 2048)

describe('chainOf', () => {
  it('takes the chain of the training videos at their size and a straight one elsewhere', () => {
    expect(chainOf('auto', 'resize', wide, { width: 1280, height: 704 })).toBe('resize')
    expect(chainOf('auto', 'direct', wide, { width: 1280, height: 720 })).toBe('direct')
    expect(chainOf('auto', 'resize', wide, { width: 1920, height: 1080 })).toBe('resize')
    expect(chainOf('auto', 'resize', wide, { width: 1280, height: 640 })).toBe('direct')
    expect(chainOf('auto', 'resize', portrait, { width: 968, height: 1280 })).toBe('direct')
  })

  it('refuses a resize or crop that the camera does not allow', () => {
    expect(() => chainOf('resize', 'direct', portrait, { width: 1280, height: 704 })).toThrow(/1550x2048.*cannot be fitted by resize/)
    expect(() => chainOf('crop', 'direct', wide, { width: 1280, height: 800 })).toThrow(/cannot be fitted by crop/)
    expect(chainOf('crop', 'direct', wide, { width: 1280, height: 704 })).toBe('crop')
  })
})

it('knows the trained sizes of 16:9 cameras alone', () => {
  expect(trainedSize(wide, 'resize')).toEqual({ width: 1280, height: 704 })
  expect(trainedSize(wide, 'direct')).toEqual({ width: 1280, height: 720 })
  expect(trainedSize(camera(3848, 2168), 'resize')).toEqual({ width: 1280, height: 704 })
  expect(trainedSize(portrait, 'resize')).toBeUndefined()
})

it('moves a point up by 8 rows in a crop of 704 out of 720, and squeezes it in a resize', () => {
  const size = { width: 1280, height: 704 }
  const full = project(cameraOfPicture(wide, 'direct', { width: 1280, height: 720 }).model, [1, 0.5, 5])
  const cut = project(cameraOfPicture(wide, 'crop', size).model, [1, 0.5, 5])
  const squeezed = project(cameraOfPicture(wide, 'resize', size).model, [1, 0.5, 5])
  expect([cut.u - full.u, cut.v - full.v]).toEqual([0, -8])
  expect(squeezed.u).toBeCloseTo(full.u, 9)
  expect(squeezed.v).toBeCloseTo((full.v * 704) / 720, 9)
})
