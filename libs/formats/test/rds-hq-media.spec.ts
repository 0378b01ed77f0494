import { type FileHandle, mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { createVideo, writePng } from '@virga/video'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLog } from '../src/index.ts'
import { bufferSource } from '../src/tar/byte-source.ts'
import { listTar, readTarMember, tarMembers } from '../src/tar/read-tar.ts'
import { tarHeader } from '../src/tar/tar-bytes.ts'
import { smallClip, smallClipId, writeSmallClip } from './small-clip.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virga-media-'))
})
afterAll(() => rm(folder, { recursive: true }))

const grey = (level: number, width = 192, height = 108): RgbImage => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(level),
})
const camera = 'camera_front_wide_120fov'

async function video(file: string, fps: number, levels: readonly number[], size: readonly [number, number] = [192, 108]): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const sink = await createVideo(file, { width: size[0], height: size[1], fps })
  for (const level of levels) await sink.write(grey(level, ...size))
  await sink.finish()
}

describe('videos and masks of a clip', () => {
  const levels = [20, 60, 100, 140, 180, 220, 250]

  it('gives each frame at its time, forwards and backwards, from a video at 30 Hz', async () => {
    const root = join(folder, 'thirty')
    await writeSmallClip(root)
    await video(join(root, `ftheta_${camera}`, `${smallClipId}.mp4`), 30, levels)
    const { images, missing } = await openLog(root)
    const frames = images.get(camera)
    if (frames === undefined) throw new Error('no images')
    expect([...frames.timesUs].slice(0, 4)).toEqual([5_000_000, 5_033_333, 5_066_667, 5_100_000])
    expect(frames.timesUs).toHaveLength(7)
    for (const index of [0, 1, 4, 2, 6]) expect(Math.abs((await frames.load(index)).data[0] - levels[index])).toBeLessThan(4)
    const both = await Promise.all([frames.load(3), frames.load(5)])
    both.forEach(({ data }, i) => expect(Math.abs(data[0] - levels[3 + 2 * i])).toBeLessThan(4))
    await expect(frames.load(7)).rejects.toMatchObject({ code: 'VIRGA_OUT_OF_RANGE' })
    expect(missing.filter(({ part }) => part === 'images')).toEqual([])
  })

  it('has every third frame in a video at 10 Hz, and reports another number of frames', async () => {
    const root = join(folder, 'ten')
    await writeSmallClip(root)
    await video(join(root, `ftheta_${camera}`, `${smallClipId}.mp4`), 10, levels.slice(0, 2))
    const { images, missing } = await openLog(root)
    expect([...(images.get(camera)?.timesUs ?? [])]).toEqual([5_000_000, 5_100_000])
    expect(missing.map(({ detail }) => detail).join()).toContain(`ftheta_${camera}/<clip>.mp4 has 2 frames for the 3 of the poses`)
  })

  it('refuses a video of another shape, and a file that is none', async () => {
    const root = join(folder, 'square')
    await writeSmallClip(root)
    await video(join(root, `ftheta_${camera}`, `${smallClipId}.mp4`), 30, levels, [128, 128])
    await expect(openLog(root)).rejects.toThrow(/video has 128 x 128 pixels .*field size\); expected the shape of the camera's 1920 x 1080/)
    const clip = smallClip()
    clip.files.set(`ftheta_${camera}/${smallClipId}.mp4`, 'no video')
    await writeSmallClip(join(folder, 'none'), clip)
    await expect(openLog(join(folder, 'none'))).rejects.toMatchObject({ code: 'VIRGA_BAD_INPUT' })
  })

  it('reads the mask when asked for', async () => {
    const root = join(folder, 'masked')
    await writeSmallClip(root)
    await mkdir(join(root, 'car_mask_coarse'))
    await writePng(join(root, 'car_mask_coarse', `${smallClipId}.png`), grey(255, 4, 2))
    const mask = await (await openLog(root)).vehicleMasks?.get(camera)?.()
    expect(mask).toMatchObject({ width: 4, height: 2 })
    expect(mask?.data[0]).toBe(255)
  })
})

describe('an archive of 40 GB', () => {
  /** Eight members of 5 GiB, whose bytes the file system does not store. */
  async function hugeTar(file: string): Promise<void> {
    const size = 5 * 2 ** 30
    let handle: FileHandle | undefined
    try {
      handle = await open(file, 'w')
      for (let i = 0; i < 8; i++) await handle.write(tarHeader({ name: `${i}.npz`, size }), 0, 512, i * (512 + size))
      await handle.write(Buffer.from('the end'), 0, 7, 8 * (512 + size) - 512)
      await handle.truncate(8 * (512 + size) + 1024)
    } finally {
      await handle?.close()
    }
  }

  it('is listed by its headers in a moment, and a member of it refused above the limit', async () => {
    const file = join(folder, 'huge.tar')
    await hugeTar(file)
    const before = performance.now()
    const members = await listTar(file)
    expect(performance.now() - before).toBeLessThan(2000)
    expect(members).toHaveLength(8)
    expect(members[7]).toEqual({ name: '7.npz', offset: 7 * (512 + 5 * 2 ** 30) + 512, size: 5 * 2 ** 30 })
    await expect(readTarMember(file, members[7], 2 ** 29)).rejects.toThrow(/member has 5368709120 bytes/)
  })

  it('is one header after the other: nothing else is read', async () => {
    const reads: number[] = []
    const bytes = Buffer.concat([
      tarHeader({ name: 'a', size: 2000 }),
      Buffer.alloc(2048),
      tarHeader({ name: 'b', size: 0 }),
      Buffer.alloc(1024),
    ])
    const source = bufferSource(bytes)
    const counted = { size: source.size, read: (offset: number, length: number) => (reads.push(offset), source.read(offset, length)) }
    for await (const _ of tarMembers(counted, 'x')) void _
    expect(reads).toEqual([0, 2560, 3072])
  })
})
