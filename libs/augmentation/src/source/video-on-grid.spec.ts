import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { createVideo } from '@virga/video'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openVideoOnGrid } from './video-on-grid.ts'

let folder: string
let path: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virga-grid-'))
  path = join(folder, 'ten.mp4')
  // Ten pictures at 10/s; picture i is grey 20 i.
  const video = await createVideo(path, { width: 32, height: 32, fps: 10, crf: 1 })
  for (let i = 0; i < 10; i++) await video.write({ width: 32, height: 32, data: new Uint8Array(32 * 32 * 3).fill(20 * i) })
  await video.finish()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const startUs = 5_000_000
const shown = async (images: AsyncIterable<RgbImage>): Promise<number[]> => {
  const values: number[] = []
  for await (const { data } of images) values.push(Math.round(data[0] / 20))
  return values
}

it('shows the picture nearest in time: repeats at a higher rate, skips at a lower', async () => {
  const at = async (fps: number, count: number) => {
    const times = Array.from({ length: count }, (_, i) => startUs + Math.round((i * 1e6) / fps))
    const video = await openVideoOnGrid(path, 'edge', startUs, times)
    const values = await shown(video.frames(0, count))
    await video.close()
    return values
  }
  expect(await at(10, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(await at(30, 7)).toEqual([0, 0, 1, 1, 1, 2, 2])
  expect(await at(5, 5)).toEqual([0, 2, 4, 6, 8])
})

it('gives any range of the grid', async () => {
  const times = Array.from({ length: 10 }, (_, i) => startUs + i * 100_000)
  const video = await openVideoOnGrid(path, 'edge', startUs, times)
  expect(await shown(video.frames(4, 3))).toEqual([4, 5, 6])
  expect(await shown(video.frames(9, 1))).toEqual([9])
  await video.close()
})

it('says when the video is shorter than asked', async () => {
  const times = Array.from({ length: 14 }, (_, i) => startUs + i * 100_000)
  await expect(openVideoOnGrid(path, 'depth', startUs, times)).rejects.toMatchObject({
    code: 'VIRGA_BAD_INPUT',
    message: expect.stringMatching(/video for depth is shorter than asked: 10 frames at 10\/s/) as string,
    place: { file: path, record: 'frame 10 of 14' },
  })
})
