import {
  canvasOf,
  entry,
  type GivenFrames,
  guidedDenoise,
  mergeAndSplit,
  mergePatches,
  numpyNoise,
  type PatchLayout,
  sample,
  sigmaSchedule,
  singlePatch,
  stack,
  type Tensor,
  tensor,
} from '@virga/diffusion'
import { type FixtureCase, loadCase, maxDifference } from '@virga/diffusion/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { type BoundControl, clipDenoiser, encodeHint } from '../src/index.ts'
import { casesWhere, hasGraphs, missingGraphs, networkCaseOf, openNetwork } from './fixture-graphs.ts'

const all = casesWhere((scalars) => 'network_weights' in scalars && 'steps' in scalars && !('clip_frames' in scalars))
const patched = all.filter((name) => 'canvas_latent' in loadCase(name).scalars)
const whole = all.filter((name) => !patched.includes(name))
if (all.length === 0) it.skip('no sampler_* fixture cases (set VIRGA_FIXTURES)')
for (const name of all.filter((n) => !hasGraphs(n))) it.skip(missingGraphs(name))

interface Trajectory {
  x_states: Tensor[]
  x0: Tensor[]
  x0_cond: Tensor[]
  x0_uncond: Tensor[]
  net_input_before_c_in: Tensor[]
  result: Tensor
}

/** Compares each step of a stack with its own tolerance. */
function checkStack(fixture: FixtureCase, name: string, actual: readonly Tensor[]): void {
  const expected = fixture.tensor(`expected/${name}`)
  const tolerances = fixture.entries[`expected/${name}`].atol_per_step
  expect(actual.length, name).toBeGreaterThanOrEqual(expected.shape[0])
  for (let step = 0; step < expected.shape[0]; step++)
    expect(maxDifference(actual[step].data, entry(expected, step).data), `${name}, step ${step}`).toBeLessThanOrEqual(
      tolerances?.[step] ?? fixture.atol(`expected/${name}`),
    )
}

describe.each(whole.filter(hasGraphs))('fixture %s', (name) => {
  const fixture = loadCase(name)
  const { scalars } = fixture
  const networkCase = loadCase(networkCaseOf(scalars))
  const controls = scalars.controls as string[]
  const start = fixture.tensor('inputs/x_start')
  const sigmas = sigmaSchedule(scalars.steps as number, scalars.sigma_max as number)
  const noise = tensor(start.shape, numpyNoise(scalars.seed as number, start.data.length))
  let opened: Awaited<ReturnType<typeof openNetwork>>
  let run: (merge: boolean) => Promise<Trajectory>

  beforeAll(async () => {
    opened = await openNetwork(name)
    const weight = fixture.tensor('inputs/weight')
    const bound: BoundControl[] = []
    for (const [n, control] of controls.entries())
      bound.push({
        name: control,
        g: await encodeHint(opened.graphs, control, networkCase.tensor(`inputs/hint_${control}`)),
        weight: weight.shape.length === 1 ? weight.data[n] : entry(weight, n).data,
      })
    const denoiser = clipDenoiser(opened.graphs, opened.network, {
      prompt: networkCase.tensor('inputs/crossattn_emb'),
      negative: networkCase.tensor('inputs/crossattn_emb_negative'),
      controls: bound,
      timeScale: 24 / (scalars.fps as number),
    })
    const given: GivenFrames | undefined = fixture.has('inputs/condition_latent')
      ? {
          frames: Float32Array.from({ length: start.shape[2] }, (_, t) => (t === 0 ? 1 : 0)),
          latent: fixture.tensor('inputs/condition_latent'),
          noise,
        }
      : undefined
    const layout = singlePatch(start.shape[3], start.shape[4])
    run = async (merge) => {
      const seen: Trajectory = { x_states: [], x0: [], x0_cond: [], x0_uncond: [], net_input_before_c_in: [], result: start }
      const copy = (data: ArrayLike<number>): Tensor => tensor(start.shape, Float32Array.from(data))
      const denoise = guidedDenoise(denoiser, start.shape, {
        guidance: scalars.guidance as number,
        ...(given === undefined ? {} : { given }),
        ...(merge ? { afterGuidance: (x0: Tensor) => mergeAndSplit(x0, layout) } : {}),
        onPasses: ({ cond, uncond, input }) => {
          seen.x0_cond.push(copy(cond))
          seen.x0_uncond.push(copy(uncond!))
          seen.net_input_before_c_in.push(copy(input))
        },
      })
      const result = await sample(denoise, start.data, sigmas, {
        onStep: ({ x, x0 }) => {
          seen.x_states.push(copy(x))
          seen.x0.push(copy(x0))
        },
      })
      return { ...seen, result: copy(result) }
    }
  })

  it('schedule, start noise and noise of given frames', () => {
    ;(scalars.sigmas as number[]).forEach((sigma, i) => expect(Math.abs(sigmas[i] / sigma - 1)).toBeLessThan(1e-12))
    if (fixture.has('inputs/condition_noise'))
      expect(Array.from(noise.data)).toEqual(Array.from(fixture.tensor('inputs/condition_noise').data))
    if (fixture.has('inputs/clean_latent')) {
      const clean = fixture.tensor('inputs/clean_latent').data
      const drawn = fixture.tensor('inputs/start_noise').data
      expect(
        maxDifference(
          clean.map((value, i) => value + sigmas[0] * drawn[i]),
          start.data,
        ),
      ).toBeLessThan(1e-6 * 5 * sigmas[0])
    } else
      expect(
        maxDifference(
          noise.data.map((value) => value * sigmas[0]),
          start.data,
        ),
      ).toBeLessThan(1e-6 * 5 * sigmas[0])
  })

  it('trajectory', async () => {
    const seen = await run(opened.network.mergeRescale)
    checkStack(fixture, 'x_states', seen.x_states)
    checkStack(fixture, 'x0', seen.x0)
    checkStack(fixture, 'x0_cond', seen.x0_cond)
    checkStack(fixture, 'x0_uncond', seen.x0_uncond)
    if (fixture.has('expected/net_input_before_c_in')) checkStack(fixture, 'net_input_before_c_in', seen.net_input_before_c_in)
    expect(maxDifference(seen.result.data, fixture.tensor('expected/result').data)).toBeLessThanOrEqual(fixture.atol('expected/result'))
  })

  if (fixture.has('expected/x0_without_merge'))
    it('trajectory without the merge of the single patch', async () => {
      const seen = await run(false)
      checkStack(fixture, 'x0_without_merge', seen.x0)
      const tolerance = fixture.atol('expected/result_without_merge')
      expect(maxDifference(seen.result.data, fixture.tensor('expected/result_without_merge').data)).toBeLessThanOrEqual(tolerance)
    })
})

describe.each(patched.filter(hasGraphs))('fixture %s', (name) => {
  it('samples overlapping patches, merged at every evaluation', async () => {
    const fixture = loadCase(name)
    const { scalars } = fixture
    const [rows, columns] = scalars.patches as [number, number]
    const [height, width] = scalars.patch_latent as [number, number]
    const [overlapHeight, overlapWidth] = scalars.overlap as [number, number]
    const layout: PatchLayout = { rows, columns, height, width, overlapHeight, overlapWidth }
    expect(canvasOf(layout)).toEqual(scalars.canvas_latent)

    const { graphs, network } = await openNetwork(name)
    const control = scalars.control as string
    const clean = fixture.tensor('inputs/clean_patches')
    const hint = fixture.tensor('inputs/hint')
    const one = [1, ...clean.shape.slice(1)]
    const noise = fixture.tensor('inputs/noise').data
    const sigmas = sigmaSchedule(scalars.steps as number, scalars.sigma_max as number)
    const start = clean.data.map((value, i) => value + sigmas[0] * noise[i % noise.length])

    const denoisers = await Promise.all(
      Array.from({ length: rows * columns }, async (_, p) => {
        const g = await encodeHint(graphs, control, tensor(one, entry(hint, p).data))
        const denoiser = clipDenoiser(graphs, network, {
          prompt: fixture.tensor('inputs/crossattn_emb'),
          negative: fixture.tensor('inputs/crossattn_emb_negative'),
          controls: [{ name: control, g, weight: scalars.weight as number }],
          timeScale: 1,
        })
        return guidedDenoise(denoiser, one, { guidance: scalars.guidance as number })
      }),
    )
    const seen: { before: Tensor; x: Tensor; x0: Tensor }[] = []
    const result = await sample(
      async (x, sigma) => {
        const patches = tensor(clean.shape, Float32Array.from(x))
        const parts: Tensor[] = []
        for (const [p, denoise] of denoisers.entries()) parts.push(tensor(one.slice(1), await denoise(entry(patches, p).data, sigma)))
        const x0 = stack(parts)
        const before = tensor(x0.shape, Float32Array.from(x0.data))
        mergeAndSplit(x0, layout)
        seen.push({ before, x: patches, x0 })
        return x0.data
      },
      start,
      sigmas,
    )
    const close = (actual: Float32Array, expected: string): void =>
      expect(maxDifference(actual, fixture.tensor(expected).data), expected).toBeLessThanOrEqual(fixture.atol(expected))
    checkStack(
      fixture,
      'x_states',
      seen.map(({ x }) => x),
    )
    checkStack(
      fixture,
      'x0',
      seen.map(({ x0 }) => x0),
    )
    close(seen[0].before.data, 'expected/x0_before_merge_first')
    close(mergePatches(seen[0].before, layout).data, 'expected/merged_first')
    close(result, 'expected/result')
  })
})
