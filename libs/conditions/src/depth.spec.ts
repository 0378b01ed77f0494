import { describe, expect, it } from 'vitest'
import { defaultDepthRange, depthControl, depthPicture, depthRangeOf, type DepthImage } from './depth.ts'

const frame = (...depth: number[]): DepthImage => ({ width: depth.length, height: 1, depth: Float32Array.from(depth) })
const greys = (image: { data: Uint8Array }): number[] => [...image.data].filter((_, i) => i % 3 === 0)

describe('depth control', () => {
  it('is grey by inverse depth between 3 and 200 m, near bright, nothing black', () => {
    // 255 (1/z - 1/200) / (1/3 - 1/200), by hand.
    const image = depthPicture(frame(0, 1, 3, 6, 10, 50, 150, 200, 900))
    expect(greys(image)).toEqual([0, 255, 255, 126, 74, 12, 1, 0, 0])
    expect([...image.data.subarray(9, 12)]).toEqual([126, 126, 126])
  })

  it('does not depend on the other frames of the video', async () => {
    const images: number[][] = []
    for await (const image of depthControl([frame(10, 20), frame(1, 10), frame(0, 0)])) images.push(greys(image))
    expect(images).toEqual([
      [74, 35],
      [255, 74],
      [0, 0],
    ])
  })

  it('in two passes spans the whole range of the video', async () => {
    const video = [frame(10, 20, 5), frame(40, 25, 8)]
    const range = await depthRangeOf(video)
    expect(range).toEqual({ nearest: 5, farthest: 40 })
    const images: number[] = []
    for await (const image of depthControl(video, range)) images.push(...greys(image))
    expect([Math.max(...images), Math.min(...images)]).toEqual([255, 0])
    // (1/10 - 1/40) / (1/5 - 1/40) = 3 / 7
    expect(images[0]).toBe(Math.round((255 * 3) / 7))
  })

  it('takes sky as infinitely far', async () => {
    const range = await depthRangeOf([frame(4, 0, 8)])
    expect(range).toEqual({ nearest: 4, farthest: Infinity })
    expect(greys(depthPicture(frame(4, 0, 8), range))).toEqual([255, 0, 128])
  })

  it('refuses a range that is none and a video without depth', async () => {
    await expect(depthRangeOf([frame(0, 0)])).rejects.toMatchObject({ code: 'VIRGA_BAD_INPUT' })
    await expect(depthControl([frame(1)], { nearest: 5, farthest: 5 }).next()).rejects.toMatchObject({ code: 'VIRGA_OUT_OF_RANGE' })
    expect(defaultDepthRange.farthest).toBeGreaterThan(defaultDepthRange.nearest)
  })
})
