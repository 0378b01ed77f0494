import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isVirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { movingPicture, numberedPicture, plainPicture, readNumber } from '../test/pictures.ts'
import { createVideoAt } from './encode.ts'
import { createVideo, openVideo, type VideoOptions } from './index.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virga-video-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function encode(name: string, pictures: Iterable<RgbImage>, options: Omit<VideoOptions, 'width' | 'height'>): Promise<string> {
  const path = join(folder, name)
  let video: Awaited<ReturnType<typeof createVideo>> | undefined
  for (const picture of pictures) {
    video ??= await createVideo(path, { width: picture.width, height: picture.height, ...options })
    await video.write(picture)
  }
  await video?.finish()
  return path
}

function* numbered(count: number): Generator<RgbImage> {
  for (let i = 0; i < count; i++) yield numberedPicture(64, 32, i)
}

async function failure(action: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await action
  } catch (error) {
    if (isVirgaError(error)) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('did not fail')
}

async function drain(path: string): Promise<RgbImage[]> {
  const images: RgbImage[] = []
  for await (const image of await openVideo(path)) images.push(image)
  return images
}

describe('frames', () => {
  it.each([
    [24, 121],
    [30, 1],
    [29.97, 57],
    [12.5, 9],
  ])('come back in order at %d frames/s, all %d of them, at their times', async (fps, count) => {
    const path = await encode(`count-${fps}.mp4`, numbered(count), { fps })
    const video = await openVideo(path)
    const exact = fps === 29.97 ? 30000 / 1001 : fps
    expect(video.frames).toBe(count)
    expect(video.fps).toBeCloseTo(exact, 9)
    expect(video.isVariableRate).toBe(false)
    expect([...(video.timesUs ?? [])]).toEqual(Array.from({ length: count }, (_, i) => Math.round((i * 1e6) / exact)))
    const numbers: number[] = []
    for await (const image of video) numbers.push(readNumber(image))
    expect(numbers).toEqual(Array.from({ length: count }, (_, i) => i))
  })

  it('are the range asked for, any number of times, and stop early', async () => {
    const path = await encode('range.mp4', numbered(60), { fps: 24 })
    const video = await openVideo(path)
    const numbers: number[] = []
    for await (const image of video.read({ start: 37, count: 5 })) numbers.push(readNumber(image))
    expect(numbers).toEqual([37, 38, 39, 40, 41])
    for (let pass = 0; pass < 2; pass++) {
      for await (const image of video) {
        expect(readNumber(image)).toBe(0)
        break
      }
    }
    const iterator = video[Symbol.asyncIterator]()
    await iterator.next()
    await video.close()
    expect((await iterator.next()).done).toBe(true)
    expect((await failure(video.read({ start: 58, count: 5 }).next())).code).toBe('VIRGA_OUT_OF_RANGE')
  })

  it('keep their picture', async () => {
    const pictures = Array.from({ length: 9 }, (_, i) => movingPicture(320, 176, i))
    const images = await drain(await encode('picture.mp4', pictures, { fps: 24 }))
    images.forEach((image, i) => {
      const truth = pictures[i]?.data ?? new Uint8Array()
      const squares = image.data.reduce((sum, value, at) => sum + (value - (truth[at] ?? 0)) ** 2, 0)
      // 4:2:0 chroma at hard colour edges costs most of it: uncompressed 4:2:0 of this picture has 34 dB.
      expect(10 * Math.log10((255 * 255 * truth.length) / squares)).toBeGreaterThan(32)
    })
  })
})

describe('colour', () => {
  it.each([
    ['lane line of style hdmap-v1', [98, 183, 249]],
    ['car of style hdmap-v1', [255, 0, 0]],
    ['green', [0, 255, 0]],
    ['white', [255, 255, 255]],
    ['black', [0, 0, 0]],
  ] as const)('of a %s comes back within 2 of 255', async (name, colour) => {
    const path = await encode(`${name}.mp4`, [plainPicture(64, 64, colour)], { fps: 30 })
    const [image] = await drain(path)
    colour.forEach((value, channel) => {
      expect(Math.abs(image.data[(32 * 64 + 32) * 3 + channel] - value)).toBeLessThanOrEqual(2)
    })
  })

  it('is neither darkened nor lightened', async () => {
    const picture = movingPicture(320, 176, 3)
    const [image] = await drain(await encode('mean.mp4', [picture], { fps: 30 }))
    for (let channel = 0; channel < 3; channel++) {
      const mean = (data: Uint8Array) => (data.filter((_, i) => i % 3 === channel).reduce((sum, value) => sum + value, 0) * 3) / data.length
      expect(Math.abs(mean(image.data) - mean(picture.data))).toBeLessThan(0.5)
    }
  })

  it('is stated: BT.601 matrix, limited range', async () => {
    const bytes = await readFile(await encode('tags.mp4', numbered(2), { fps: 30 }))
    // ISO/IEC 14496-12 colr box: 'nclx', primaries 1 (BT.709), transfer 13 (sRGB), matrix 6 (BT.601), full-range flag 0.
    const at = bytes.indexOf('colrnclx')
    expect(at).toBeGreaterThan(0)
    expect([...bytes.subarray(at + 8, at + 15)]).toEqual([0, 1, 0, 13, 0, 6, 0])
  })
})

describe('files', () => {
  it('are the same bytes for the same frames, wherever they lie', async () => {
    await mkdir(join(folder, 'deeper'))
    const pictures = Array.from({ length: 30 }, (_, i) => movingPicture(320, 176, i))
    const one = await readFile(await encode('one.mp4', pictures, { fps: 24, title: 'rain-night', comment: 'AI-generated' }))
    await new Promise((resolve) => setTimeout(resolve, 1100))
    const two = await readFile(await encode('deeper/two.mp4', pictures, { fps: 24, title: 'rain-night', comment: 'AI-generated' }))
    expect(one.equals(two)).toBe(true)
    expect(one.includes('AI-generated')).toBe(true)
    expect(one.includes('Lavf')).toBe(false)
    // Index before the frames, so that a page can play while it loads.
    expect(one.indexOf('moov')).toBeLessThan(one.indexOf('mdat'))
  })

  it('have their name only when whole', async () => {
    const inside = join(folder, 'naming')
    const path = join(inside, 'video.mp4')
    const video = await createVideo(path, { width: 64, height: 32, fps: 24 })
    await video.write(numberedPicture(64, 32, 1))
    expect(existsSync(path)).toBe(false)
    expect(await readdir(inside)).toHaveLength(1)
    await video.finish()
    expect(await readdir(inside)).toEqual(['video.mp4'])

    const other = await createVideo(join(inside, 'other.mp4'), { width: 64, height: 32, fps: 24 })
    await other.write(numberedPicture(64, 32, 1))
    await other.abort()
    await other.abort()
    expect(await readdir(inside)).toEqual(['video.mp4'])
    expect((await failure(other.write(numberedPicture(64, 32, 2)))).code).toBe('VIRGA_VIDEO')
  })

  it('keep the order of writes that nobody waited for', async () => {
    const path = join(folder, 'unawaited.mp4')
    const video = await createVideo(path, { width: 64, height: 32, fps: 24 })
    await Promise.all([...numbered(30)].map((picture) => video.write(picture)))
    await video.finish()
    expect((await drain(path)).map(readNumber)).toEqual(Array.from({ length: 30 }, (_, i) => i))
  })
})

describe('faults while writing', () => {
  it('a full disk is VIRGA_DISK_FULL and leaves nothing', async () => {
    const inside = await mkdtemp(join(folder, 'full-'))
    const temporary = join(inside, 'temporary')
    // A write to /dev/full fails with ENOSPC, as on a full disk.
    await symlink('/dev/full', temporary)
    const write = async () => {
      const video = await createVideoAt(temporary, join(inside, 'video.mp4'), { width: 320, height: 176, fps: 24 })
      for (let i = 0; i < 90; i++) await video.write(movingPicture(320, 176, i))
      await video.finish()
    }
    const { code, message } = await failure(write())
    expect(code).toBe('VIRGA_DISK_FULL')
    expect(message).toContain('video.mp4')
    expect(await readdir(inside)).toEqual([])
  })

  it('a folder that cannot be is VIRGA_CANNOT_WRITE', async () => {
    await writeFile(join(folder, 'plain-file'), 'x')
    const { code, message } = await failure(createVideo(join(folder, 'plain-file', 'video.mp4'), { width: 64, height: 32, fps: 24 }))
    expect(code).toBe('VIRGA_CANNOT_WRITE')
    expect(message).toContain('plain-file')
    // A folder has the name already: rename fails when all else is done.
    await mkdir(join(folder, 'taken.mp4', 'inside'), { recursive: true })
    const video = await createVideo(join(folder, 'taken.mp4'), { width: 64, height: 32, fps: 24 })
    await video.write(numberedPicture(64, 32, 0))
    expect((await failure(video.finish())).code).toBe('VIRGA_CANNOT_WRITE')
    expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([])
  })

  it('odd sizes, rates out of reach, frames of another size and empty videos are refused', async () => {
    const path = join(folder, 'refused.mp4')
    expect((await failure(createVideo(path, { width: 63, height: 32, fps: 24 }))).code).toBe('VIRGA_USAGE')
    expect((await failure(createVideo(path, { width: 64, height: 32, fps: 0 }))).code).toBe('VIRGA_USAGE')
    const video = await createVideo(path, { width: 64, height: 32, fps: 24 })
    expect((await failure(video.write(plainPicture(32, 32, [0, 0, 0])))).code).toBe('VIRGA_USAGE')
    const empty = await createVideo(path, { width: 64, height: 32, fps: 24 })
    expect((await failure(empty.finish())).code).toBe('VIRGA_VIDEO')
    expect((await readdir(folder)).filter((name) => name.includes('refused'))).toEqual([])
  })
})

describe('faults while reading', () => {
  it('no file, a folder, and a text file are VIRGA_BAD_INPUT and named', async () => {
    const text = join(folder, 'text.mp4')
    await writeFile(text, 'not a video\n'.repeat(100))
    await writeFile(join(folder, 'nothing.mp4'), '')
    for (const path of [join(folder, 'absent.mp4'), folder, text, join(folder, 'nothing.mp4')]) {
      const { code, message } = await failure(openVideo(path))
      expect(code).toBe('VIRGA_BAD_INPUT')
      expect(message).toContain(path)
    }
  })

  it('a cut file is VIRGA_BAD_INPUT, never a shorter video', async () => {
    const path = await encode(
      'cut.mp4',
      Array.from({ length: 60 }, (_, i) => movingPicture(320, 176, i)),
      { fps: 24 },
    )
    const { length } = await readFile(path)
    for (const kept of [0.9, 0.5, 0.02]) {
      await truncate(path, Math.floor(length * kept))
      const { code, message } = await failure(drain(path))
      expect(code).toBe('VIRGA_BAD_INPUT')
      expect(message).toContain(path)
    }
  })

  it('a file with damaged bytes in the middle is VIRGA_BAD_INPUT', async () => {
    const path = await encode(
      'damaged.mp4',
      Array.from({ length: 60 }, (_, i) => movingPicture(320, 176, i)),
      { fps: 24 },
    )
    const bytes = await readFile(path)
    bytes.fill(0x5a, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 4000)
    await writeFile(path, bytes)
    expect((await failure(drain(path))).code).toBe('VIRGA_BAD_INPUT')
  })
})
