import type { Camera, RgbImage } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { viewOf } from '../request/view.ts'
import { firstFrameOf } from './first-frame.ts'
import type { AugmentRequest } from './types.ts'

const camera = { name: 'front', width: 64, height: 48, model: { kind: 'pinhole', fx: 50, fy: 50, cx: 32, cy: 24 } } as unknown as Camera
const request = { bundle: { manifest: { video: { width: 32, height: 16 } } } } as unknown as AugmentRequest
const setting = { request, camera, view: viewOf(camera, 2) }

/** Each row has its own number. */
const rows = (width: number, height: number): RgbImage => ({
  ...{ width, height },
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.floor(i / (3 * width))),
})
const fit = (image: RgbImage) => firstFrameOf({ file: 'x.png', image }, setting)

describe('first frame', () => {
  it('of the camera is cut to its view, then averaged', () => {
    // rows 8 to 39 of 48 are the view of 64x32; two rows become one
    const fitted = fit(rows(64, 48))
    expect([fitted.width, fitted.height]).toEqual([32, 16])
    expect(Math.abs(fitted.data[0] - 8.5)).toBeLessThanOrEqual(0.5)
    expect(Math.abs(fitted.data.at(-1)! - 38.5)).toBeLessThanOrEqual(0.5)
  })

  it('of the shape of the model is taken whole, larger or smaller', () => {
    expect(fit(rows(32, 16)).data).toEqual(rows(32, 16).data)
    expect(fit(rows(16, 8)).width).toBe(32)
    expect(Math.abs(fit(rows(128, 64)).data[0] - 1.5)).toBeLessThanOrEqual(0.5)
  })

  it('of another shape is refused', () => {
    expect(() => fit(rows(40, 40))).toThrow(
      expect.objectContaining({
        code: 'VIRGA_BAD_INPUT',
        message: expect.stringMatching(/x\.png.*expected 64x48 .* or the shape of 32x16/) as string,
      }),
    )
  })
})
