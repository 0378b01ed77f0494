import { entry, patchify, sizeOf, stack, type Tensor, tensor, tokenCount, tokenGrid, tokenIndices, unpatchify } from '@virga/diffusion'
import { type FixtureCase, loadCase, maxDifference } from '@virga/diffusion/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { type BoundControl, encodeHint, runNetwork } from '../src/index.ts'
import { casesWhere, hasGraphs, missingGraphs, openNetwork } from './fixture-graphs.ts'

const names = casesWhere((scalars, name) => name.startsWith('net_') && 'dims' in scalars)
if (names.length === 0) it.skip('no net_* fixture cases (set VIRGA_FIXTURES)')
for (const name of names.filter((n) => !hasGraphs(n))) it.skip(missingGraphs(name))

/** A [N, 1, 1, T, h, w] weight map's entry as one weight per token. */
const mapOf = (maps: Tensor, index: number): Float32Array => entry(maps, index).data

describe.each(names.filter(hasGraphs))('fixture %s', (name) => {
  const fixture: FixtureCase = loadCase(name)
  const controls = fixture.scalars.controls as string[]
  const sigma = fixture.scalars.sigma as number
  const x = fixture.tensor('inputs/x')
  const text = fixture.tensor('inputs/crossattn_emb')
  const negative = fixture.tensor('inputs/crossattn_emb_negative')
  const grid = { data: tokenIndices(tokenGrid(x.shape)), shape: [tokenCount(tokenGrid(x.shape)), 3] }
  let opened: Awaited<ReturnType<typeof openNetwork>>
  const hints = new Map<string, Tensor>()

  beforeAll(async () => {
    opened = await openNetwork(name)
    for (const control of controls) hints.set(control, await encodeHint(opened.graphs, control, fixture.tensor(`inputs/hint_${control}`)))
  })

  const bound = (weights: Record<string, number | Float32Array>): BoundControl[] =>
    Object.entries(weights).map(([control, weight]) => ({ name: control, g: hints.get(control)!, weight }))

  /** F of the case's x, as a latent. */
  async function predict(
    run: { controls?: BoundControl[]; sigma?: number; fps?: number; text?: Tensor; mask?: Float32Array } = {},
  ): Promise<Float32Array> {
    const mask = opened.network.conditionMask ? [run.mask ?? new Float32Array(x.shape[2])] : []
    const tokens = await runNetwork(opened.graphs, opened.network, {
      tokens: patchify(x, mask),
      noise:
        run.sigma === undefined ? Float32Array.from(fixture.tensor('inputs/timesteps').data) : Float32Array.of(Math.log(run.sigma) / 4),
      text: run.text ?? text,
      grid,
      timeScale: 24 / (run.fps ?? fixture.tensor('inputs/fps').data[0]),
      controls: run.controls ?? [],
    })
    return unpatchify(tokens, x.shape).data
  }

  const check = (actual: ArrayLike<number>, expected: string): void => {
    expect(maxDifference(actual, fixture.tensor(`expected/${expected}`).data), expected).toBeLessThanOrEqual(
      fixture.atol(`expected/${expected}`),
    )
  }
  const firstGiven = (): Float32Array => Float32Array.from({ length: x.shape[2] }, (_, t) => (t === 0 ? 1 : 0))

  it('the base alone', async () => {
    check(await predict(), 'base')
    check(await predict({ fps: fixture.scalars.fps_second as number }), 'base_fps2')
    check(await predict({ sigma: 70 }), 'base_sigma_70')
    check(await predict({ sigma: 0.002 }), 'base_sigma_min')
    check(await predict({ text: negative }), 'base_negative_text')
  })

  if (fixture.has('expected/base_condition_mask'))
    it('the mask of given frames', async () => {
      check(await predict({ mask: firstGiven() }), 'base_condition_mask')
    })

  it.each(controls)('hint, residuals and the base with control %s', async (control) => {
    check(hints.get(control)!.data, `control_${control}.g`)
    const outputs = await opened.graphs.controls.get(control)!.control.run({
      x: patchify(x, opened.network.conditionMask ? [new Float32Array(x.shape[2])] : []),
      c_noise: tensor([1], Float32Array.of(Math.log(sigma) / 4)),
      text,
      g: hints.get(control)!,
      grid,
      time_scale: tensor([1], Float32Array.of(24 / fixture.tensor('inputs/fps').data[0])),
    })
    for (let j = 0; fixture.has(`expected/control_${control}.residual${j}`); j++)
      check(outputs[`r${j}`].data, `control_${control}.residual${j}`)
    check(await predict({ controls: bound({ [control]: 1 }) }), `one_control_${control}`)
  })

  it('all controls under scalar weights', async () => {
    for (let i = 0; fixture.has(`inputs/weights_scalar_${i}`); i++) {
      const weights = fixture.tensor(`inputs/weights_scalar_${i}`).data
      const all = bound(Object.fromEntries(controls.map((control, n) => [control, weights[n]])))
      check(await predict({ controls: all }), `controls_scalar_${i}`)
      if (fixture.has(`expected/controls_scalar_${i}_reordered`))
        check(await predict({ controls: all.toReversed() }), `controls_scalar_${i}_reordered`)
    }
  })

  it('weight maps', async () => {
    const maps = fixture.tensor('inputs/weight_map')
    const raw = fixture.tensor('inputs/weight_map_raw')
    const bind = (from: Tensor): BoundControl[] => bound(Object.fromEntries(controls.map((control, n) => [control, mapOf(from, n)])))
    const mask = fixture.has('expected/base_condition_mask') ? { mask: firstGiven() } : {}
    check(await predict({ controls: bind(maps), ...mask }), 'controls_map')
    check(await predict({ controls: bind(raw), ...mask }), 'controls_map_unclamped')
    const alone = mapOf(raw, 0).map((weight) => Math.max(weight, 0))
    check(await predict({ controls: bound({ [controls[0]]: alone }) }), 'one_control_map')
  })

  it('a batch of two with different noise, text, hints and maps', async () => {
    const flip = (latent: Tensor): Tensor => {
      const width = latent.shape.at(-1)!
      return tensor(
        latent.shape,
        latent.data.map((_, i) => latent.data[i - (i % width) + width - 1 - (i % width)]),
      )
    }
    const both = (a: Tensor, b: Tensor): Tensor => tensor([2, ...a.shape.slice(1)], stack([a, b]).data)
    const maps = fixture.tensor('inputs/weight_map')
    const batch: BoundControl[] = []
    for (const [n, control] of controls.entries()) {
      const hint = fixture.tensor(`inputs/hint_${control}`)
      const map = entry(maps, n)
      batch.push({
        name: control,
        g: await encodeHint(opened.graphs, control, both(hint, flip(hint))),
        weight: Float32Array.from([...map.data, ...flip(map).data]),
      })
    }
    const xs = both(x, fixture.tensor('inputs/x_2'))
    const tokens = opened.network.conditionMask
      ? both(patchify(x, [new Float32Array(x.shape[2])]), patchify(fixture.tensor('inputs/x_2'), [firstGiven()]))
      : patchify(xs)
    const f = await runNetwork(opened.graphs, opened.network, {
      tokens,
      noise: Float32Array.from([sigma, 3 * sigma], (value) => Math.log(value) / 4),
      text: both(text, negative),
      grid,
      timeScale: 24 / fixture.tensor('inputs/fps').data[0],
      controls: batch,
    })
    expect(sizeOf(f.shape)).toBe(xs.data.length)
    check(unpatchify(f, xs.shape).data, 'batch2_controls_map')
  })
})
