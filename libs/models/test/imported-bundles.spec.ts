/**
 * Bundles that `virga bundle import` made of the official code's tiny weights (apps/world-model/tools/check-import.sh makes them): they verify, and the
 * generator makes videos with them. Their numbers are compared by the fixture tests, which that script points at their graphs.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { afterAll, describe, expect, it } from 'vitest'
import { bundleFiles, type ClipGenerator, createClipGenerator, loadBundle, verifyBundle } from '../src/index.ts'

const folder = process.env.VIRGA_IMPORTED_BUNDLES ?? ''
const names = existsSync(folder) ? readdirSync(folder) : []

it('there are bundles in VIRGA_IMPORTED_BUNDLES', () => {
  expect(names).not.toHaveLength(0)
})

describe.each(names)('imported %s', (name) => {
  const dir = join(folder, name)

  it('verifies, with weights beside the graphs and a check of each graph', async () => {
    const { bundle, files } = await verifyBundle(dir)
    const { graphs } = bundle.manifest
    expect(bundle.manifest.name).toBe(name)
    expect(files).toEqual(bundleFiles(bundle.manifest).map((file) => ({ ...file, ok: true })))
    expect(graphs.base.data?.file).toBe('base.onnx.data')
    for (const { check } of Object.values(graphs)) expect(check!.difference).toBeLessThanOrEqual(check!.tolerance)
  })
})

describe.runIf(names.includes('cosmos-transfer1-7b'))('a video with imported weights', () => {
  let generator: ClipGenerator | undefined
  afterAll(() => generator?.dispose())

  it('is made of clips that start from the last frame of the one before, and follows its prompt and controls', async () => {
    const bundle = await loadBundle(join(folder, 'cosmos-transfer1-7b'))
    generator = createClipGenerator(bundle, { threads: 1, providers: ['cpu'] })
    const { width, height, frames: longest } = bundle.manifest.video
    const frames: RgbImage[] = Array.from({ length: longest + 8 }, (_, t) => ({
      ...{ width, height },
      data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7 + t * 31) % 256),
    }))
    const request = {
      frames: frames.length,
      controls: { vis: { frames } },
      look: 'rain-night',
      prompt: 'a cab',
      negativePrompt: 'bad',
      seed: 3,
      steps: 2,
    }
    const made = await generator.generate(request)
    expect(made).toMatchObject({ base: 'none', clips: 2, guidance: 5, steps: 2, effectiveProvider: 'cpu' })
    expect(made.frames).toHaveLength(frames.length)
    const again = await generator.generate(request)
    made.frames.forEach(({ data }, t) => expect(Buffer.compare(data, again.frames[t].data)).toBe(0))
    const other = await generator.generate({ ...request, prompt: 'fog' })
    expect(made.frames.some(({ data }, t) => Buffer.compare(data, other.frames[t].data) !== 0)).toBe(true)

    await expect(generator.generate({ ...request, prompt: undefined! })).rejects.toThrow(/the prompt is \d+ tokens long.*at most 20 tokens/)
    await expect(generator.generate({ ...request, controls: { hdmap: { frames } } })).rejects.toThrow(
      /no control hdmap.*one of: vis, edge, depth/,
    )
    const small = frames.map((frame) => ({ ...frame, width: width / 2, data: frame.data.subarray(0, frame.data.length / 2) }))
    await expect(generator.generate({ ...request, controls: { vis: { frames: small } } })).rejects.toThrow(
      /control vis is 40x48.*80x48.*virga render --size/,
    )
  }, 60_000)
})
