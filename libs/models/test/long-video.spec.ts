import { afterAll, describe, expect, it } from 'vitest'
import type { VideoReader } from '../src/index.ts'
import { TINY } from './tiny-bundle.ts'
import { greys, openTiny, tinyRequest, video } from './tiny-generator.ts'

const tiny = openTiny(afterAll)
const moving = (count: number) => video(count, (t) => [(t * 3) % 200, 100, 50])

/** A video that is made when it is read, and what was asked of it. */
function reader(count: number): VideoReader & { readonly asked: [number, number][] } {
  const asked: [number, number][] = []
  const read = async function* (first: number, wanted: number) {
    asked.push([first, wanted])
    yield* moving(first + wanted).slice(first)
  }
  return { count, asked, read }
}

describe('long videos', () => {
  it('come clip by clip, from controls that are read clip by clip, the same frames as in one piece', async () => {
    const generator = await tiny()
    const frames = reader(60)
    const parts: number[] = []
    const streamed: Uint8Array[] = []
    for await (const part of generator.stream(tinyRequest({ frames: 60, steps: 1, controls: { hdmap: { frames } } }))) {
      expect(part.first).toBe(streamed.length)
      parts.push(part.frames.length)
      streamed.push(...part.frames.map(({ data }) => data))
    }
    expect(parts.length).toBe(7)
    expect(Math.max(...parts)).toBeLessThanOrEqual(TINY.frames)
    // from front to back, never more than a clip at once
    expect(frames.asked.map(([first]) => first)).toEqual([0, 8, 16, 24, 32, 40, 48])
    expect(Math.max(...frames.asked.map(([, count]) => count))).toBe(TINY.frames)
    const whole = await generator.generate(tinyRequest({ frames: 60, steps: 1, controls: { hdmap: { frames: moving(60) } } }))
    expect(whole.frames.map(({ data }) => data)).toEqual(streamed)
  })

  it('begin a clip with as many given frames as the bundle names, and blend what is in both', async () => {
    const generator = await tiny({ conditionMask: true, change: (m) => ({ ...m, defaults: { ...m.defaults, overlap: 9 } }) })
    const made = await generator.generate(tinyRequest({ frames: 25, steps: 4, controls: { hdmap: { frames: greys(25) } } }))
    expect(made.clips).toBe(2)
    expect(made.frames).toHaveLength(25)
    const alone = await generator.generate(tinyRequest({ steps: 4 }))
    // frame 8 is the first one of the second clip: given as that clip's first latent frame, so that blending changes nothing but by rounding
    made.frames[8].data.forEach((value, i) => expect(Math.abs(value - alone.frames[8].data[i])).toBeLessThanOrEqual(1))
    expect(made.frames[7].data).toEqual(alone.frames[7].data)
  })

  it('are cut into shorter clips where that is asked for', async () => {
    const made = await (await tiny()).generate(tinyRequest({ steps: 0, clipFrames: 9 }))
    expect(made.clips).toBeGreaterThan(1)
    expect(made.frames).toHaveLength(17)
  })

  it('can be left early; the next call runs', async () => {
    const generator = await tiny()
    const request = tinyRequest({ frames: 40, steps: 0, controls: { hdmap: { frames: greys(40) } } })
    for await (const part of generator.stream(request)) {
      expect(part.first).toBe(0)
      break
    }
    expect((await generator.generate(request)).frames).toHaveLength(40)
  })

  it('stop with the frame at which a video ends early or changes its size', async () => {
    const generator = await tiny()
    const ends: VideoReader = { count: 40, read: (first, count) => greys(20).slice(first, first + count) }
    await expect(generator.generate(tinyRequest({ frames: 40, steps: 0, controls: { hdmap: { frames: ends } } }))).rejects.toMatchObject({
      code: 'VIRGA_BAD_INPUT',
      message: expect.stringContaining('control hdmap ended after frame 20') as string,
    })
    const turns: VideoReader = { count: 17, read: (_, count) => [...greys(count - 1), { width: 8, height: 8, data: new Uint8Array(192) }] }
    await expect(generator.generate(tinyRequest({ steps: 0, controls: { hdmap: { frames: turns } } }))).rejects.toMatchObject({
      code: 'VIRGA_BAD_INPUT',
      place: { record: 'frame 16' },
    })
  })
})
