import { join, resolve } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Bundle,
  type ClipGenerator,
  type ControlMapFrames,
  createClipGenerator,
  type GeneratedVideo,
  type GenerateRequest,
  verifyBundle,
} from '../src/index.ts'

const dir = join(resolve(import.meta.dirname, '../../../models'), 'mini')

/** A grey road under a bright sky with a dark box that moves to the right. */
function drive(count: number, { width, height }: { width: number; height: number }): RgbImage[] {
  return Array.from({ length: count }, (_, t) => {
    const data = new Uint8Array(width * height * 3)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const box = y > height / 2 && y < height * 0.7 && x > 60 + 2 * t && x < 120 + 2 * t
        const level = box ? 30 : y < height / 2 ? 170 + y / 4 : 90
        data.fill(level, 3 * (y * width + x), 3 * (y * width + x) + 3)
      }
    return { width, height, data }
  })
}

/** Two lane lines on black that meet in the middle of the picture. */
function laneLines(count: number, { width, height }: { width: number; height: number }): RgbImage[] {
  const data = new Uint8Array(width * height * 3)
  for (let y = Math.ceil(height / 2); y < height; y++)
    for (const side of [-1, 1]) {
      const x = Math.round(width / 2 + side * (y - height / 2))
      data.fill(200, 3 * (y * width + x), 3 * (y * width + x + 2))
    }
  return Array.from({ length: count }, () => ({ width, height, data }))
}

const meanOf = (frames: readonly RgbImage[], f: (frame: number, i: number) => number): number => {
  let sum = 0
  frames.forEach(({ data }, t) => {
    for (let i = 0; i < data.length; i++) sum += f(t, i)
  })
  return sum / (frames.length * frames[0].data.length)
}

describe('the shipped bundle', () => {
  let bundle: Bundle
  let generator: ClipGenerator
  let frames: RgbImage[]
  const ask = (more: Partial<GenerateRequest>): GenerateRequest => ({
    frames: 9,
    controls: { hdmap: { frames }, vis: { frames }, edge: { frames } },
    look: 'rain-night',
    seed: 3,
    ...more,
  })

  beforeAll(async () => {
    bundle = (await verifyBundle(dir)).bundle
    generator = createClipGenerator(bundle, { threads: 2, providers: ['cpu'] })
    frames = drive(9, bundle.manifest.video)
  })
  afterAll(() => generator.dispose())

  it('has every look of weather and lighting', () => {
    expect(new Set(bundle.manifest.looks.map(({ name }) => name)).size).toBe(20)
  })

  it('reconstructs the relit video in 0 steps', async () => {
    const made = await generator.generate(ask({ steps: 0, baseVideo: frames }))
    const squares = meanOf(made.frames, (t, i) => (made.frames[t].data[i] - frames[t].data[i]) ** 2)
    expect(10 * Math.log10(255 ** 2 / squares)).toBeGreaterThan(20)
    expect(made.delta!.every((delta) => delta.every((value) => value === 0))).toBe(true)
  })

  it('runs the network in one step on the relit video, the same bytes each time', async () => {
    const first = await generator.generate(ask({ steps: 1, baseVideo: frames }))
    const second = await generator.generate(ask({ steps: 1, baseVideo: frames }))
    expect(first.frames).toHaveLength(9)
    first.frames.forEach(({ data }, t) => expect(Buffer.compare(data, second.frames[t].data)).toBe(0))
    expect(first.delta!.some((delta) => delta.some((value) => value !== 0))).toBe(true)
    expect(first.base).toBe('relight')
  })

  it('shows another picture per look on the map alone', async () => {
    const look = async (name: string): Promise<RgbImage[]> =>
      (await generator.generate(ask({ steps: 0, look: name, controls: { hdmap: { frames: laneLines(9, bundle.manifest.video) } } }))).frames
    const [day, night] = [await look('clear-day'), await look('clear-night')]
    const brightness = (video: RgbImage[]): number => meanOf(video, (t, i) => video[t].data[i])
    expect(brightness(day)).toBeGreaterThan(brightness(night) + 10)
  })

  it('follows a control map: with edge in the right half only that half is as with edge everywhere, the left as without', async () => {
    const { width, height } = bundle.manifest.video
    const make = (edge: (x: number) => number) => {
      const controlMap: ControlMapFrames = {
        ...{ frames: 9, height, width },
        isActive: () => true,
        read: async function* (names, _first, count) {
          for (let t = 0; t < count; t++)
            yield names.map((name) => Float32Array.from({ length: width * height }, (_, i) => (name === 'edge' ? edge(i % width) : 0.25)))
        },
      }
      return generator.generate(ask({ steps: 1, baseVideo: frames, controlMap }))
    }
    const everywhere = await make(() => 0.5)
    const nowhere = await make(() => 0)
    const right = await make((x) => (x < width / 2 ? 0 : 0.5))
    const scalars = { hdmap: { frames, weight: 0.25 }, vis: { frames, weight: 0.25 }, edge: { frames, weight: 0.5 } }
    const constant = await generator.generate(ask({ steps: 1, baseVideo: frames, controls: scalars }))
    everywhere.frames.forEach(({ data }, t) => expect(Buffer.compare(data, constant.frames[t].data)).toBe(0))
    const difference = (a: GeneratedVideo, b: GeneratedVideo, isMeant: (x: number) => boolean): number => {
      let sum = 0
      a.delta!.forEach((delta, t) => {
        for (let i = 0; i < delta.length; i++) if (isMeant(Math.floor(i / 3) % width)) sum += Math.abs(delta[i] - b.delta![t][i])
      })
      return sum
    }
    const [isLeft, isRight] = [(x: number) => x < width / 2, (x: number) => x >= width / 2]
    // not zero: the network's attention carries a little of either half to the other
    expect(difference(right, nowhere, isLeft)).toBeLessThan(0.6 * difference(everywhere, nowhere, isLeft))
    expect(difference(right, everywhere, isRight)).toBeLessThan(0.6 * difference(everywhere, nowhere, isRight))
    expect(difference(everywhere, nowhere, () => true)).toBeGreaterThan(0)
  })
})
