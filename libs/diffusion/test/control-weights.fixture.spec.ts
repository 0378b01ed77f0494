import { describe, expect, it } from 'vitest'
import {
  entry,
  type Extents,
  mergePatches,
  type PatchLayout,
  patchLayout,
  resizeTrilinear,
  resolveControlWeights,
  splitPatches,
  tensor,
  tokenWeights,
  type WeightEntry,
} from '../src/index.ts'
import { type FixtureCase, hasCase, loadCase, maxDifference, missingCase } from './fixture-cases.ts'

interface Scalars {
  T: number
  H: number
  W: number
  scalars: Record<string, { float32: number[] }>
  scalar_lists_that_raise: Record<string, string>
  combinations: Record<string, (string | number)[]>
  token_grid: Extents
  patch_split: { canvas: [number, number]; patch: [number, number]; top_left_values: number[] }
}

const name = 'control_weights'

/** Every [3, 7, 5]-th element along frames, rows and columns. */
function subsample(map: Float32Array, [T, H, W]: Extents): number[] {
  const result: number[] = []
  for (let t = 0; t < T; t += 3) for (let y = 0; y < H; y += 7) for (let x = 0; x < W; x += 5) result.push(map[(t * H + y) * W + x])
  return result
}

/** The layout of this many patches that covers the canvas. */
function layoutOf(canvas: [number, number], patch: [number, number], count: number): PatchLayout {
  for (let rows = 1; rows <= count; rows++) {
    try {
      return patchLayout(canvas, patch, [rows, count / rows])
    } catch {
      // another number of rows
    }
  }
  throw new Error(`${count} patches cover no canvas of ${canvas.join(' x ')}`)
}

describe.skipIf(!hasCase(name))(`fixture ${name}`, () => {
  const fixture = hasCase(name) ? loadCase(name) : undefined
  const scalars = (fixture?.scalars ?? { scalars: {}, scalar_lists_that_raise: {}, combinations: {} }) as unknown as Scalars
  const extents: Extents = [scalars.T, scalars.H, scalars.W]
  const given = (): FixtureCase => fixture!

  const entryOf = (value: string | number): WeightEntry => {
    if (typeof value === 'number' || !given().has(`inputs/${value}`)) return value
    const { shape, data } = given().tensor(`inputs/${value}`)
    const [frames, height, width] = shape.length === 2 ? [1, ...shape] : shape
    return { frames: frames, height: height, width: width, data }
  }

  it.each(Object.keys(scalars.scalars))('scalars %s', (key) => {
    const weights = resolveControlWeights(JSON.parse(key) as WeightEntry[], extents)
    if (weights.kind !== 'scalar') throw new Error('scalars became maps')
    expect(maxDifference(weights.weights, scalars.scalars[key].float32)).toBeLessThan(1e-7)
  })

  it.each(Object.keys(scalars.scalar_lists_that_raise))('scalars %s are refused', (key) => {
    expect(() => resolveControlWeights(JSON.parse(key) as WeightEntry[], extents)).toThrow(
      expect.objectContaining({ code: 'VIRGA_BAD_INPUT' }),
    )
  })

  it.each(Object.keys(scalars.combinations))('maps %s', (key) => {
    const weights = resolveControlWeights(scalars.combinations[key].map(entryOf), extents, { numericZero: 'official' })
    if (weights.kind !== 'map') throw new Error('no map')
    const tokens = weights.maps.flatMap((map) => Array.from(tokenWeights(map, extents, scalars.token_grid)))
    expect(maxDifference(tokens, given().tensor(`expected/${key}.tokens`).data)).toBeLessThanOrEqual(given().atol(`expected/${key}.tokens`))
    const pixels = `expected/${key}.pixels_sub`
    if (!given().has(pixels)) return
    const actual = weights.maps.flatMap((map) => subsample(map, extents))
    expect(maxDifference(actual, given().tensor(pixels).data)).toBeLessThanOrEqual(given().atol(pixels))
  })

  it.each(['latent_rate_maps>latent_rate.tokens', 'map_121>map_121.tokens'])('reduction to tokens %s', (pair) => {
    const [from = '', to = ''] = pair.split('>')
    const maps = given().tensor(`inputs/${from}`)
    const expected = given().tensor(`expected/${to}`)
    const grid = expected.shape.slice(-3) as unknown as Extents
    const actual = Array.from({ length: maps.shape[0] }, (_, n) =>
      Array.from(tokenWeights(entry(maps, n).data, maps.shape.slice(-3) as unknown as Extents, grid)),
    ).flat()
    expect(maxDifference(actual, expected.data)).toBeLessThanOrEqual(given().atol(`expected/${to}`))
  })

  it('a map longer than the clip is squeezed into it', () => {
    const name = 'expected/long_map_squeezed_per_frame'
    const expected = given().tensor(name)
    const clip = expected.shape[0]
    // its length and where it turns from 0 to 1 are told in words
    const [long = 2 * clip - 1, zeros = clip] =
      /map of (\d+) frames \(0 in the first (\d+)/
        .exec(given().entries[name].doc ?? '')
        ?.slice(1)
        .map(Number) ?? []
    const map = Float32Array.from({ length: long }, (_, frame) => (frame < zeros ? 0 : 1))
    const actual = resizeTrilinear(map, [long, 1, 1], [clip, 1, 1])
    expect(maxDifference(actual, expected.data)).toBeLessThanOrEqual(given().atol(name))
  })

  it('merges overlapping patches', () => {
    const patches = given().tensor('inputs/merge_patches')
    const expected = given().tensor('expected/merge_patches')
    const canvas = expected.shape.slice(-2) as [number, number]
    const patch = patches.shape.slice(-2) as [number, number]
    const merged = mergePatches(patches, layoutOf(canvas, patch, patches.shape[0]))
    expect(merged.shape).toEqual(expected.shape)
    expect(maxDifference(merged.data, expected.data)).toBeLessThanOrEqual(given().atol('expected/merge_patches'))
  })

  it('splits a canvas into patches', () => {
    const { canvas, patch, top_left_values: corners } = scalars.patch_split
    const [H, W] = canvas
    const picture = tensor(
      [1, 1, 1, H, W],
      Float32Array.from({ length: H * W }, (_, i) => i),
    )
    const patches = splitPatches(picture, layoutOf(canvas, patch, corners.length))
    expect(corners.map((_, p) => entry(patches, p).data[0])).toEqual(corners)
  })
})

if (!hasCase(name)) it.skip(missingCase(name))
