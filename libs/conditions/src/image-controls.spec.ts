import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { createVideo, openVideo, type VideoSource } from '@virga/video'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { edgeControl, visControl } from './controls.ts'
import { resizeControl } from './resize-control.ts'
import { imageControls } from './image-controls.ts'

const [width, height, frames] = [64, 48, 5]

const picture = (shift: number): RgbImage => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => ((Math.floor(i / 3) % width) + shift + Math.floor(i / (3 * width))) % 16 < 4 ? 220 : 60),
}) // prettier-ignore

describe('controls of a video', () => {
  let folder: string
  let video: VideoSource
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'virga-given-'))
    const sink = await createVideo(join(folder, 'given.mp4'), { width, height, fps: 10 })
    for (let i = 0; i < frames; i++) await sink.write(picture(2 * i))
    await sink.finish()
    video = await openVideo(join(folder, 'given.mp4'))
  })
  afterAll(async () => {
    await video.close()
    await rm(folder, { recursive: true })
  })

  it('edge and vis come from one decoding of the video', async () => {
    let opened = 0
    const counted = (async function* () {
      opened++
      yield* video.read()
    })()
    let count = 0
    const requests = [{ control: 'edge', preset: 'low' }, { control: 'vis', preset: 'very_low' }] as const // prettier-ignore
    for await (const { edge, vis } of imageControls(counted, requests)) {
      const source = await video.read({ start: count, count: 1 }).next()
      if (source.done === true) throw new Error('no frame')
      expect(edge).toEqual(edgeControl(source.value, 'low'))
      expect(vis).toEqual(visControl(source.value, 'very_low'))
      count++
    }
    expect([opened, count]).toEqual([1, frames])
  })

  it('takes frames as they are asked for, none ahead', async () => {
    const taken: number[] = []
    const source = (function* () {
      for (let i = 0; i < 100; i++) {
        taken.push(i)
        yield picture(i)
      }
    })()
    const controls = imageControls(source, [{ control: 'edge', preset: 'high' }])
    await controls.next()
    await controls.next()
    await controls.return()
    expect(taken).toEqual([0, 1])
  })

  it('threads give the same pictures in the same order', async () => {
    const requests = [{ control: 'edge', preset: 'low' }, { control: 'vis', preset: 'none' }] as const // prettier-ignore
    const alone: unknown[] = []
    for await (const pictures of imageControls(video.read(), requests)) alone.push(pictures)
    const threaded: unknown[] = []
    for await (const pictures of imageControls(video.read(), requests, 3)) threaded.push(pictures)
    expect(threaded).toEqual(alone)
  })

  it('threads end with the stream, and a picture that is none is an error', async () => {
    const stopped = imageControls([picture(0), picture(1), picture(2)], [{ control: 'edge', preset: 'low' }], 2)
    await stopped.next()
    await stopped.return()
    const broken = { width: 4, height: 4, data: undefined } as unknown as RgbImage
    await expect(imageControls([broken], [{ control: 'edge', preset: 'low' }], 1).next()).rejects.toMatchObject({ code: 'VIRGA_INTERNAL' })
  })

  it('refuses a control twice', async () => {
    const edge = { control: 'edge', preset: 'low' } as const
    await expect(imageControls([], [edge, edge]).next()).rejects.toMatchObject({ code: 'VIRGA_USAGE' })
  })

  it('a given video is stretched to the clip: seg by nearest pixel, others linearly', async () => {
    const size = { width: 96, height: 40 }
    const source = await video.read({ start: 2, count: 1 }).next()
    if (source.done === true) throw new Error('no frame')
    const of = (control: string): Uint8Array => resizeControl(source.value, size, control).data
    const colours = (data: Uint8Array): Set<number> => new Set(data)
    expect([...colours(of('seg'))].every((value) => colours(source.value.data).has(value))).toBe(true)
    expect(of('depth')).not.toEqual(of('seg'))
  })
})
