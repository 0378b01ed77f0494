import { join } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { readNumber } from '../test/pictures.ts'
import { openVideo } from './index.ts'

/** Videos of other tools; made by test/make_foreign.py, which lists the same colours. */
const foreign = (name: string) => join(import.meta.dirname, '../test/foreign', name)
const patches = [
  [200, 40, 40],
  [40, 180, 60],
  [50, 70, 220],
  [230, 230, 230],
  [20, 20, 20],
  [250, 200, 40],
  [128, 128, 128],
  [98, 183, 249],
]

async function frames(name: string): Promise<RgbImage[]> {
  const images: RgbImage[] = []
  for await (const image of await openVideo(foreign(name))) images.push(image)
  return images
}

describe('videos of other tools', () => {
  it.each([
    ['bt709-limited.mp4', 'yuv420p'],
    ['bt601-full-444.mkv', 'yuvj444p'],
    ['bt709-10bit.mkv', 'yuv422p10le'],
  ])('%s: colours by the matrix and range that it states', async (name, pixelFormat) => {
    expect((await openVideo(foreign(name))).pixelFormat).toBe(pixelFormat)
    const [{ width, height, data }] = await frames(name)
    patches.forEach((colour, i) => {
      const at = ((height / 2) * width + (i + 0.5) * (width / 8)) * 3
      colour.forEach((value, channel) => {
        // Written by a converter that rounds otherwise; the wrong matrix would be off by 10 and more.
        expect(Math.abs(data[at + channel] - value), `${colour.join()} channel ${channel}`).toBeLessThanOrEqual(3)
      })
    })
  })

  it('an odd size is read as it is', async () => {
    const images = await frames('odd-size.mkv')
    expect(images.map(({ width, height }) => [width, height])).toEqual(Array.from({ length: 7 }, () => [63, 33]))
    expect(images.map(readNumber)).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it('a variable rate is reported, and no frame is doubled or dropped', async () => {
    const video = await openVideo(foreign('variable.mkv'))
    expect(video.isVariableRate).toBe(true)
    expect([...(video.timesUs ?? [])]).toEqual([0, 40e3, 80e3, 300e3, 340e3, 700e3, 740e3])
    expect(video.fps).toBeCloseTo(6 / 0.74, 9)
    expect((await frames('variable.mkv')).map(readNumber)).toEqual([0, 1, 2, 3, 4, 5, 6])
  })
})
