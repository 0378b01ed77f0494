import { type Camera, project } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { cropCamera, cropImage, viewOf } from './view.ts'

const camera = (width: number, height: number, cx = width / 2, cy = height / 2): Camera => ({
  name: 'c',
  model: { kind: 'pinhole', fx: 900, fy: 900, cx, cy },
  width,
  height,
  camera_to_vehicle: { rotation: [1, 0, 0, 0], translation: [0, 0, 0] },
})

describe('viewOf', () => {
  it('takes the whole image when the ratio is the same up to rounding to blocks', () => {
    expect(viewOf(camera(640, 352), 320 / 176)).toEqual({ x: 0, y: 0, width: 640, height: 352 })
  })

  it('cuts a landscape window around the principal point out of a portrait image', () => {
    expect(viewOf(camera(1550, 2048, 778, 1013.5), 320 / 176)).toEqual({ x: 0, y: 588, width: 1550, height: 852 })
  })

  it('stays inside the image', () => {
    const view = viewOf(camera(1550, 2048, 778, 1990), 320 / 176)
    expect(view.y + view.height).toBe(2048)
  })
})

describe('cropCamera', () => {
  it('sees a point where the cut-out image shows it', () => {
    const whole = camera(1550, 2048, 778, 1013.5)
    const view = viewOf(whole, 320 / 176)
    const [before, after] = [whole, cropCamera(whole, view)].map(({ model }) => project(model, [0.4, 0.1, 5]))
    expect(after?.u).toBeCloseTo((before?.u ?? NaN) - view.x, 9)
    expect(after?.v).toBeCloseTo((before?.v ?? NaN) - view.y, 9)
  })
})

describe('cropImage', () => {
  it('copies the window row by row', () => {
    const data = Uint8Array.from({ length: 4 * 3 * 3 }, (_, i) => Math.floor(i / 3))
    const cut = cropImage({ width: 4, height: 3, data }, { x: 1, y: 1, width: 2, height: 2 })
    expect([...cut.data].filter((_, i) => i % 3 === 0)).toEqual([5, 6, 9, 10])
  })
})
