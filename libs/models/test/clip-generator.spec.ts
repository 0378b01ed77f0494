import { afterAll, describe, expect, it } from 'vitest'
import { numpyNoise, patchify, precondition, tensor, unpatchify } from '@virga/diffusion'
import type { RgbImage } from '@virga/scenario'
import { createClipGenerator, type GenerateRequest, loadBundle, videoTensor } from '../src/index.ts'
import { TINY, writeTinyBundle } from './tiny-bundle.ts'
import { openTiny, tinyRequest, video } from './tiny-generator.ts'

const tiny = openTiny(afterAll)
const grey = video(40, () => [100, 120, 140])
const ask = (more: Partial<GenerateRequest> = {}): GenerateRequest => tinyRequest({ controls: { hdmap: { frames: grey } }, ...more })

describe('clip generator', () => {
  it('shows the prior alone in 0 steps: the hdmap colours plus the shift of the look', async () => {
    const result = await (await tiny()).generate(ask({ steps: 0 }))
    expect(result).toMatchObject({ base: 'prior', clips: 1, effectiveProvider: 'cpu', steps: 0 })
    expect(result.frames).toHaveLength(17)
    expect(result.delta).toBeUndefined()
    // 0.01 of the -1..1 range is 1.275 of 255
    expect(Array.from(result.frames[9].data.subarray(0, 3))).toEqual([101, 121, 141])
  })

  it('shows the relit video in 0 steps and says that nothing was generated', async () => {
    const base = video(17, () => [30, 60, 90])
    const result = await (await tiny()).generate(ask({ steps: 0, baseVideo: base, controls: { vis: { frames: grey } } }))
    expect(result.base).toBe('relight')
    expect(Array.from(result.frames[3].data.subarray(0, 3))).toEqual([30, 60, 90])
    expect(result.recon![3].data).toEqual(result.frames[3].data)
    expect(result.delta!.every((delta) => delta.every((value) => value === 0))).toBe(true)
  })

  it('starts from the prior when video is there but only map controls have weight', async () => {
    const controls = { hdmap: { frames: grey }, vis: { frames: grey, weight: 0 } }
    expect((await (await tiny()).generate(ask({ steps: 0, baseVideo: grey, controls }))).base).toBe('prior')
  })

  it('gives in one step the prediction at sigmaMax, computed by hand', async () => {
    const base = video(9, () => [51, 102, 153])
    const result = await (
      await tiny()
    ).generate(ask({ frames: 9, steps: 1, sigmaMax: 20, baseVideo: base, controls: { vis: { frames: grey, weight: 0.5 } } }))
    const shape = [1, 16, 2, 2, 4]
    const p = precondition(20)
    const x = numpyNoise(5, 256).map((value) => value * 20)
    const hint = tensor(shape)
    const colours = videoTensor(grey.slice(0, 1)).data
    for (let c = 0; c < 3; c++) hint.data.fill(colours[c * TINY.width * TINY.height] * 0.5, c * 16, (c + 1) * 16)
    const tokens = patchify(
      tensor(
        shape,
        x.map((value) => value * p.in),
      ),
    )
    const g = patchify(hint)
    // words rain, at, night: ids 2, 4, 3 of 4 places -> mean of .02 .04 .03 0
    const f = tokens.data.map((value, i) => value + (0.5 * 0.5 + 0.25 * 0.5 * 2) * g.data[i] + 0.0225)
    const y = unpatchify(tensor(tokens.shape, f), shape).data.map((value, i) => p.skip * x[i] + p.out * value)
    // channel 0 of latent frame 0, block 0: red of the first 8 x 8 pixels
    const red = (51 / 255) * 2 - 1 + y[0] / 0.5
    expect(result.frames[0].data[0]).toBe(Math.round(Math.min(Math.max((red + 1) / 2, 0), 1) * 255))
    expect(result.delta![0][0]).toBeCloseTo(y[0] / 0.5 / 2, 5)
    expect(result.prompt).toBe('Rain at night.')
  })

  it('is the same bytes twice, and other bytes with another seed', async () => {
    const generator = await tiny()
    const bytes = async (seed: number): Promise<string> =>
      (await generator.generate(ask({ seed, steps: 3, guidance: 2 }))).frames.map(({ data }) => Buffer.from(data).toString('base64')).join()
    const first = await bytes(5)
    expect(await bytes(5)).toBe(first)
    expect(await bytes(6)).not.toBe(first)
  })

  it('reports every evaluation', async () => {
    const steps: string[] = []
    await (
      await tiny()
    ).generate(ask({ steps: 2, onStep: ({ clip, clips, step, steps: of }) => steps.push(`${clip}/${clips} ${step}/${of}`) }))
    expect(steps).toEqual(['0/1 0/3', '0/1 1/3', '0/1 2/3'])
  })

  it.each([1, 2, 10, 17])('makes exactly %i frames', async (frames) => {
    expect((await (await tiny()).generate(ask({ frames, steps: 0 }))).frames).toHaveLength(frames)
  })

  it('fades independent clips into each other, so that a constant video stays constant', async () => {
    const ramp = video(30, (t) => [t < 17 ? 0 : 200, 0, 0])
    const generator = await tiny()
    const flat = await generator.generate(ask({ frames: 40, steps: 0 }))
    expect(flat.clips).toBe(4)
    expect(flat.frames).toHaveLength(40)
    expect(new Set(flat.frames.map(({ data }) => data[0])).size).toBe(1)
    const base = await generator.generate(ask({ frames: 30, steps: 0, baseVideo: ramp, controls: { vis: { frames: grey } } }))
    const reds = base.frames.map(({ data }) => data[0])
    expect(reds[0]).toBe(0)
    expect(reds.at(-1)).toBe(200)
    for (let t = 1; t < reds.length; t++) expect(reds[t]).toBeGreaterThanOrEqual(reds[t - 1])
  })

  it('continues a clip from the last frame of the one before where the network takes given frames', async () => {
    const generator = await tiny({ conditionMask: true })
    const result = await generator.generate(ask({ frames: 33, steps: 4 }))
    expect(result.clips).toBe(2)
    expect(result.frames).toHaveLength(33)
    const alone = await generator.generate(ask({ frames: 17, steps: 4 }))
    expect(result.frames[16].data).toEqual(alone.frames[16].data)
  })

  it('takes a weight map', async () => {
    const size = TINY.width * TINY.height
    const left = {
      frames: 1,
      height: TINY.height,
      width: TINY.width,
      data: Float32Array.from({ length: size }, (_, i) => (i % TINY.width < 16 ? 1 : 0)),
    }
    const generator = await tiny()
    const run = async (weight: number | typeof left): Promise<RgbImage> =>
      (await generator.generate(ask({ steps: 1, sigmaMax: 1, controls: { hdmap: { frames: grey, weight } } }))).frames[8]
    // the identity weights of the tiny network move a token's hint into its first latent, that of the columns 0..7 and 16..23
    const [mapped, full, none] = [await run(left), await run(1), await run({ ...left, data: new Float32Array(size) })]
    const pixel = (image: RgbImage, x: number): number[] => Array.from(image.data.subarray(3 * x, 3 * x + 3))
    expect(pixel(mapped, 4)).toEqual(pixel(full, 4))
    expect(pixel(mapped, 20)).toEqual(pixel(none, 20))
    expect(pixel(full, 20)).not.toEqual(pixel(none, 20))
  })

  it('stops when cancelled, and works again afterwards', async () => {
    const generator = await tiny()
    const controller = new AbortController()
    const run = generator.generate(ask({ steps: 8, signal: controller.signal, onStep: () => controller.abort() }))
    await expect(run).rejects.toThrow(expect.objectContaining({ code: 'VIRGA_CANCELLED' }))
    expect((await generator.generate(ask({ steps: 0 }))).frames).toHaveLength(17)
  })

  it('says at which evaluation the network gave NaN', async () => {
    const run = (await tiny({ poison: true })).generate(ask({ steps: 2 }))
    await expect(run).rejects.toThrow(
      expect.objectContaining({ code: 'VIRGA_NOT_FINITE', message: expect.stringContaining('evaluation 1 of 3') as string }),
    )
  })

  const short = video(5, () => [0, 0, 0])
  const small = [{ width: 16, height: 16, data: new Uint8Array(768) }]
  it.each<[string, Partial<GenerateRequest>, string, string]>([
    ['unknown control', { controls: { lidar: { frames: grey } } }, 'VIRGA_UNKNOWN_NAME', 'hdmap, vis'],
    ['unknown look', { look: 'hail' }, 'VIRGA_UNKNOWN_NAME', 'clear-day, rain-night'],
    ['control video too short', { controls: { hdmap: { frames: short } } }, 'VIRGA_BAD_INPUT', 'control hdmap has 5 frames'],
    ['wrong size', { frames: 1, controls: { hdmap: { frames: small } } }, 'VIRGA_BAD_INPUT', '16x16'],
    ['base video too short', { baseVideo: short }, 'VIRGA_BAD_INPUT', 'base video has 5 frames'],
    ['no frames', { frames: 0 }, 'VIRGA_USAGE', 'frames is 0'],
    ['half a step', { steps: 0.5 }, 'VIRGA_USAGE', 'steps'],
    ['negative seed', { seed: -1 }, 'VIRGA_USAGE', 'seed'],
    ['negative guidance', { guidance: -1 }, 'VIRGA_USAGE', 'guidance'],
    ['negative weight', { controls: { hdmap: { frames: grey, weight: -1 } } }, 'VIRGA_BAD_INPUT', 'weight'],
    ['no control for the prior', { controls: { vis: { frames: grey } } }, 'VIRGA_USAGE', 'hdmap'],
  ])('refuses: %s', async (_, more, code, message) => {
    await expect((await tiny()).generate(ask(more))).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    )
  })

  it('notices a graph that changed after the bundle was loaded', async () => {
    const { writeFileSync } = await import('node:fs')
    const dir = writeTinyBundle()
    const bundle = await loadBundle(dir)
    writeFileSync(`${dir}/prior.onnx`, Buffer.alloc(bundle.manifest.graphs.prior.bytes))
    const generator = createClipGenerator(bundle)
    await expect(generator.generate(ask({ steps: 0 }))).rejects.toThrow(
      expect.objectContaining({
        code: 'VIRGA_DIGEST_MISMATCH',
        message: expect.stringContaining(bundle.manifest.graphs.prior.sha256) as string,
      }),
    )
  })

  it('reads a control map clip by clip and makes the same bytes as with the map in memory', async () => {
    const frames = 40
    const pixels = TINY.width * TINY.height
    const weight = (frame: number, pixel: number): number => ((frame * 7 + pixel) % 13) / 13
    const data = Float32Array.from({ length: frames * pixels }, (_, i) => weight(Math.floor(i / pixels), i % pixels))
    const inMemory = { hdmap: { frames: grey, weight: { frames, height: TINY.height, width: TINY.width, data } } }
    const asked: [number, number][] = []
    const controlMap = {
      ...{ frames, height: TINY.height, width: TINY.width },
      isActive: () => true,
      read: async function* (names: readonly string[], first: number, count: number) {
        asked.push([first, count])
        for (let t = first; t < first + count; t++) yield names.map(() => data.slice(t * pixels, (t + 1) * pixels))
      },
    }
    const generator = await tiny()
    const held = await generator.generate(ask({ frames, steps: 1, controls: inMemory }))
    const read = await generator.generate(ask({ frames, steps: 1, controlMap }))
    expect(held.clips).toBe(4)
    expect(read.frames.map(({ data }) => data)).toEqual(held.frames.map(({ data }) => data))
    expect(asked).toHaveLength(4)
    expect(Math.max(...asked.map(([, count]) => count))).toBe(17)
    const plain = await generator.generate(ask({ frames, steps: 1 }))
    expect(plain.frames[9].data).not.toEqual(read.frames[9].data)
    await expect(
      generator.generate(ask({ frames: 41, steps: 1, controls: { hdmap: { frames: [...grey, ...grey] } }, controlMap })),
    ).rejects.toMatchObject({
      code: 'VIRGA_BAD_INPUT',
      place: { field: 'controlMap', expected: expect.stringContaining('at least 41 frames') as string },
    })
  })
})
