import { afterAll, describe, expect, it } from 'vitest'
import { numpyNoise, patchify, precondition, tensor, unpatchify } from '@virga/diffusion'
import { type BundleManifest, parseManifest, videoTensor } from '../src/index.ts'
import { greys, openTiny, tinyRequest } from './tiny-generator.ts'
import { TINY } from './tiny-bundle.ts'

const tiny = openTiny(afterAll)
const pixel = (frame: { data: Uint8Array }, x: number): number[] => Array.from(frame.data.subarray(3 * x, 3 * x + 3))
/** What a latent that lies this far above the grey of 100, 120, 140 shows. */
const shown = (shift: number): number[] => [100, 120, 140].map((grey) => Math.round((((grey / 255) * 2 - 1 + shift + 1) / 2) * 255))
/** What a latent of one number shows. */
const level = (value: number): number[] => [0, 1, 2].map(() => Math.round(((value + 1) / 2) * 255))
const map = (share: (x: number) => number) => ({
  frames: 1,
  height: TINY.height,
  width: TINY.width,
  data: Float32Array.from({ length: TINY.width * TINY.height }, (_, i) => share(i % TINY.width)),
})
const paints = (manifest: BundleManifest): unknown => ({ ...manifest, base: { ...manifest.base, withoutVideo: 'paint' } })

describe('a network that sees what it begins from', () => {
  it('gets the start times sigmaData behind mask and noise, computed by hand', async () => {
    const generator = await tiny({ startChannels: true, conditionMask: true, change: paints })
    const base = greys(9, [51, 102, 153])
    const made = await generator.generate(
      tinyRequest({ frames: 9, steps: 1, sigmaMax: 20, controls: {}, baseVideo: base, baseKind: 'paint' }),
    )
    expect(made.base).toBe('paint')
    const shape = [1, 16, 2, 2, 4]
    const p = precondition(20)
    const x = numpyNoise(5, 256).map((value) => value * 20)
    const start = tensor(shape)
    const colours = videoTensor(base.slice(0, 1)).data
    for (let c = 0; c < 3; c++) start.data.fill(colours[c * TINY.width * TINY.height] * 0.5, c * 16, (c + 1) * 16)
    const tokens = patchify(
      tensor(
        shape,
        x.map((value) => value * p.in),
      ),
    )
    const own = patchify(start)
    const f = tokens.data.map((value, i) => value + 0.1 * own.data[i] + 0.0225)
    const y = unpatchify(tensor(tokens.shape, f), shape).data.map((value, i) => p.skip * x[i] + p.out * value)
    expect(made.delta![0][0]).toBeCloseTo(y[0] / 0.5 / 2, 5)
  })

  it('shows the same start to both passes of guidance', async () => {
    const generator = await tiny({ startChannels: true, change: paints })
    const ask = { frames: 9, steps: 1, sigmaMax: 1, baseVideo: greys(9, [51, 102, 153]), baseKind: 'paint' as const, controls: {} }
    const plain = await generator.generate(tinyRequest(ask))
    const same = await generator.generate(tinyRequest({ ...ask, guidance: 3, negativePrompt: 'Rain at night.' }))
    same.frames.forEach(({ data }, t) =>
      data.forEach((value, i) => expect(Math.abs(value - plain.frames[t].data[i])).toBeLessThanOrEqual(1)),
    )
  })
})

describe('priors per control', () => {
  const both = (hdmap: number, vis: number) => ({ hdmap: { frames: greys(17), weight: hdmap }, vis: { frames: greys(17), weight: vis } })

  it('are averaged with the weights of the controls', async () => {
    const made = await (await tiny({ priors: true })).generate(tinyRequest({ steps: 0, controls: both(1, 3) }))
    expect(made.base).toBe('prior')
    expect(pixel(made.frames[9], 5)).toEqual(shown(0.01 * 0.25 + 0.02 * 0.75))
    const one = await (await tiny({ priors: true })).generate(tinyRequest({ steps: 0, controls: both(0, 0.1) }))
    expect(pixel(one.frames[9], 5)).toEqual(shown(0.02))
  })

  it('give way to what usually is at a position where no control has weight', async () => {
    const generator = await tiny({ priors: true })
    const half = { hdmap: { frames: greys(17), weight: map((x) => (x < 16 ? 1 : 0)) } }
    const made = await generator.generate(tinyRequest({ steps: 0, controls: half }))
    expect(pixel(made.frames[8], 4)).toEqual(shown(0.01))
    expect(pixel(made.frames[8], 28)).toEqual(level(0.2))
    const none = await generator.generate(tinyRequest({ steps: 0, controls: {} }))
    expect(pixel(none.frames[8], 4)).toEqual(level(0.2))
  })

  it('are what a painted bundle begins from when nothing was painted', async () => {
    const generator = await tiny({ priors: true, change: paints })
    expect((await generator.generate(tinyRequest({ steps: 0 }))).base).toBe('prior')
    const relit = { steps: 0, baseVideo: greys(17), controls: both(1, 0) }
    expect((await generator.generate(tinyRequest(relit))).base).toBe('prior')
    expect((await generator.generate(tinyRequest({ ...relit, controls: both(1, 1) }))).base).toBe('relight')
    const painted = await generator.generate(tinyRequest({ ...relit, baseKind: 'paint' }))
    expect(painted.base).toBe('paint')
    expect(painted.delta).toHaveLength(17)
  })
})

describe('manifest of the new form', () => {
  it.each<[string, (manifest: BundleManifest) => object, string]>([
    [
      'a prior without its graph',
      (m) => ({ ...m, prior: { controls: ['hdmap', 'vis'] }, graphs: { ...m.graphs, prior: undefined } }),
      'graphs.prior_hdmap',
    ],
    ['levels that rise', (m) => ({ ...m, defaults: { ...m.defaults, steps: 2, sigmas: [80, 1, 2] } }), 'defaults.sigmas'],
    ['too few levels', (m) => ({ ...m, defaults: { ...m.defaults, steps: 4, solver: 'euler', sigmas: [80, 1] } }), 'defaults.sigmas'],
    ['an unknown solver', (m) => ({ ...m, defaults: { ...m.defaults, solver: 'heun' } }), 'defaults.solver'],
    ['an overlap of a whole clip', (m) => ({ ...m, defaults: { ...m.defaults, overlap: 17 } }), 'defaults.overlap'],
    ['paint without a relight', (m) => ({ ...m, base: { withVideo: 'none', withoutVideo: 'paint' }, relight: undefined }), 'relight'],
  ])('refuses %s', async (_, change, field) => {
    const { writeTinyBundle } = await import('./tiny-bundle.ts')
    const { readFileSync } = await import('node:fs')
    const dir = writeTinyBundle({ change })
    expect(() => parseManifest(readFileSync(`${dir}/manifest.json`, 'utf8'), dir)).toThrow(
      expect.objectContaining({ code: 'VIRGA_BAD_BUNDLE', message: expect.stringContaining(field) as string }),
    )
  })
})
