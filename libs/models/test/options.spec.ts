import { afterAll, describe, expect, it } from 'vitest'
import { strengthSigma, type Tensor, tensor } from '@virga/diffusion'
import { checkOptions, clipDenoiser, type GenerateRequest, loadBundle } from '../src/index.ts'
import { type TinyOptions, writeTinyBundle } from './tiny-bundle.ts'
import { greys, openTiny, tinyRequest } from './tiny-generator.ts'

const tiny = openTiny(afterAll)

async function levels(options: TinyOptions, more: Partial<GenerateRequest>): Promise<number[]> {
  const seen: number[] = []
  await (await tiny(options)).generate(tinyRequest({ frames: 1, ...more, onStep: ({ sigma }) => seen.push(sigma) }))
  return seen.map((sigma) => Number(sigma.toPrecision(3)))
}

describe('solver and noise', () => {
  it('makes N evaluations with euler, N + 1 with 2ab, one in one step', async () => {
    expect(await levels({}, { steps: 4, solver: 'euler' })).toEqual([80, 17.5, 2.52, 0.17])
    expect(await levels({}, { steps: 4 })).toEqual([80, 17.5, 2.52, 0.17, 0.002])
    expect(await levels({}, { steps: 1, solver: 'euler' })).toEqual([80])
  })

  it('takes the noise levels that the bundle names for its default steps, and the schedule for others', async () => {
    const named: TinyOptions = { change: (m) => ({ ...m, defaults: { ...m.defaults, steps: 2, solver: 'euler', sigmas: [80, 3] } }) }
    expect(await levels(named, {})).toEqual([80, 3])
    expect(await levels(named, { steps: 2, solver: '2ab' })).toHaveLength(3)
    expect(await levels(named, { steps: 3 })).toHaveLength(3)
    expect(await levels(named, { sigmaMax: 40 })).toHaveLength(2)
  })

  it('begins partial noise lower on the schedule, and changes less', async () => {
    const [first] = await levels({}, { steps: 4, strength: 0.5 })
    expect(first).toBeCloseTo(Number(strengthSigma(0.5, 80).toPrecision(3)), 5)
    const generator = await tiny()
    const ask = { controls: { vis: { frames: greys(17) } }, baseVideo: greys(17), steps: 4 }
    const change = async (strength: number): Promise<number> => {
      const { delta } = await generator.generate(tinyRequest({ ...ask, strength }))
      return delta!.reduce((sum, frame) => sum + frame.reduce((total, value) => total + Math.abs(value), 0), 0)
    }
    expect(await change(0)).toBe(0)
    expect(await change(0.3)).toBeLessThan(0.5 * (await change(1)))
  })

  it('begins from the camera video in a bundle that has no base', async () => {
    const bare: TinyOptions = { change: (m) => ({ ...m, base: { withVideo: 'none', withoutVideo: 'none' } }) }
    const generator = await tiny(bare)
    const ask = { controls: { hdmap: { frames: greys(17), weight: 0 } }, steps: 1 }
    await expect(generator.generate(tinyRequest({ ...ask, strength: 0.1 }))).rejects.toMatchObject({
      code: 'VIRGA_USAGE',
      place: { field: 'strength' },
    })
    const made = await generator.generate(tinyRequest({ ...ask, strength: 0.05, baseVideo: greys(17) }))
    made.frames[9].data.slice(0, 3).forEach((value, c) => expect(Math.abs(value - [100, 120, 140][c])).toBeLessThan(12))
    expect(made).toMatchObject({ base: 'none', strength: 0.05 })
    expect(made.delta).toBeUndefined()
  })
})

describe('first frame', () => {
  it('is what the video begins with', async () => {
    const generator = await tiny({ conditionMask: true })
    const made = await generator.generate(tinyRequest({ steps: 4, firstFrame: greys(1, [200, 10, 90])[0] }))
    made.frames[0].data.slice(0, 3).forEach((value, c) => expect(Math.abs(value - [200, 10, 90][c])).toBeLessThanOrEqual(1))
  })

  it('is refused by a network that takes none, and of another size', async () => {
    const [firstFrame] = greys(1)
    await expect((await tiny()).generate(tinyRequest({ firstFrame }))).rejects.toMatchObject({
      code: 'VIRGA_USAGE',
      place: { field: 'first-frame' },
    })
    const small = { width: 8, height: 8, data: new Uint8Array(192) }
    await expect((await tiny({ conditionMask: true })).generate(tinyRequest({ firstFrame: small }))).rejects.toMatchObject({
      code: 'VIRGA_BAD_INPUT',
    })
  })
})

describe('what does not fit the bundle', () => {
  it.each<[string, Partial<GenerateRequest>, string, string]>([
    [
      'another style',
      { controls: { hdmap: { frames: greys(17), style: 'world-scenario-v3' } } },
      'VIRGA_BAD_INPUT',
      'hdmap-v1, as the bundle was trained on (made by: virga render',
    ],
    ['another preset', { controls: { vis: { frames: greys(17), preset: 'high' } } }, 'VIRGA_BAD_INPUT', '--vis-preset medium'],
    ['another frame rate', { controls: { hdmap: { frames: greys(17), fps: 10 } } }, 'VIRGA_BAD_INPUT', '--fps 24'],
    ['a long prompt', { prompt: 'rain at night and more' }, 'VIRGA_USAGE', 'at most 4 words'],
    ['a long negative prompt', { negativePrompt: 'one two three four five', guidance: 1 }, 'VIRGA_USAGE', 'at most 4 words'],
    ['a strength above 1', { strength: 1.1 }, 'VIRGA_USAGE', 'strength'],
    ['an unknown solver', { solver: 'heun' as 'euler' }, 'VIRGA_USAGE', '2ab, euler'],
    ['a clip of ten frames', { clipFrames: 10 }, 'VIRGA_USAGE', 'a multiple of 8 plus 1'],
    ['a clip longer than the bundle makes', { clipFrames: 25 }, 'VIRGA_USAGE', 'from 9 to 17'],
    ['a weight that is no number', { controls: { hdmap: { frames: greys(17), weight: Number.NaN } } }, 'VIRGA_BAD_INPUT', 'weight'],
  ])('is refused: %s', async (_, more, code, message) => {
    await expect((await tiny()).generate(tinyRequest({ steps: 1, ...more }))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    })
  })

  it('can be told before there are conditions', async () => {
    const bundle = await loadBundle(writeTinyBundle())
    await checkOptions(bundle, { prompt: 'rain at night' })
    await expect(checkOptions(bundle, { negativePrompt: 'one two three four five' })).rejects.toMatchObject({ code: 'VIRGA_USAGE' })
    await expect(checkOptions(bundle, { clipFrames: 8 })).rejects.toMatchObject({ code: 'VIRGA_USAGE' })
    await expect(checkOptions(bundle, { firstFrame: greys(1)[0] })).rejects.toMatchObject({ code: 'VIRGA_USAGE' })
  })
})

describe('residuals of the branches', () => {
  it('are made at each evaluation, or kept for some where that is asked for', async () => {
    const generator = await tiny()
    const bytes = async (more: Partial<GenerateRequest>): Promise<Uint8Array> =>
      (await generator.generate(tinyRequest({ steps: 4, guidance: 1, negativePrompt: 'night', ...more }))).frames[9].data
    // those of the tiny network do not depend on the noise level, so that keeping them changes nothing
    expect(await bytes({ controlEvery: 2 })).toEqual(await bytes({}))
    expect(await bytes({ controlEvery: 99 })).toEqual(await bytes({}))
    await expect(bytes({ controlEvery: 0 })).rejects.toMatchObject({ code: 'VIRGA_USAGE', place: { field: 'control-every' } })
  })

  it('cost a run of the branch only at every so-manieth evaluation', async () => {
    const runs = { branch: 0, base: 0 }
    const graph = (name: string, outputs: () => Record<string, Tensor>) => ({
      ...{ name, inputs: [], outputs: [], provider: 'cpu' as const },
      run: async () => outputs(),
      release: async () => undefined,
    })
    const zeros = () => tensor([1, 1, 4])
    const branch = graph('control_a', () => (runs.branch++, { r0: zeros() }))
    const base = graph('base', () => (runs.base++, { F: tensor([1, 1, 64]) }))
    const graphs = { base, controls: new Map([['a', { hint: base, control: branch }]]) }
    const shape = { dim: 4, controlBlocks: 1, conditionMask: false }
    const binding = { prompt: zeros(), controls: [{ name: 'a', g: zeros(), weight: 1 }], timeScale: 1, controlEvery: 3 }
    const denoiser = clipDenoiser(graphs, shape, binding)
    for (let i = 0; i < 7; i++) await denoiser.predict({ x: tensor([1, 16, 1, 2, 2]), noise: 0, pass: 'prompt' })
    expect(runs).toEqual({ branch: 3, base: 7 })
  })
})

describe('a run that goes wrong', () => {
  it('names the control, the block and the evaluation that gave NaN', async () => {
    const generator = await tiny({ poisonControl: 'vis' })
    const controls = { hdmap: { frames: greys(17) }, vis: { frames: greys(17) } }
    await expect(generator.generate(tinyRequest({ steps: 2, controls }))).rejects.toMatchObject({
      code: 'VIRGA_NOT_FINITE',
      message: expect.stringMatching(/evaluation 1 of 3 .*control vis gave NaN for block 1/) as string,
    })
    expect((await generator.generate(tinyRequest({ steps: 2 }))).frames).toHaveLength(17)
  })

  it('stops within one evaluation of a signal that comes from outside, such as Ctrl-C', async () => {
    const generator = await tiny()
    const controller = new AbortController()
    let [evaluations, atSignal] = [0, -1]
    const run = generator.generate(tinyRequest({ steps: 500, signal: controller.signal, onStep: () => void evaluations++ }))
    setTimeout(() => {
      atSignal = evaluations
      controller.abort()
    }, 50)
    await expect(run).rejects.toMatchObject({ code: 'VIRGA_CANCELLED' })
    expect(atSignal).toBeGreaterThanOrEqual(0)
    expect(evaluations - atSignal).toBeLessThanOrEqual(1)
  })
})
