import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseSafetensors } from '@virga/diffusion'
import type { RgbImage } from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadRelight } from './index.ts'
import { parseRelightEntry } from './manifest.ts'
import { createRelight } from './relight.ts'

/** Made by test/make_reference.py with the Python side's own relight. */
const reference = join(import.meta.dirname, '../test/reference')
interface Expected {
  readonly width: number
  readonly height: number
  readonly rgb: string
  readonly depth: string
  readonly seg: string
  readonly expected: { look: string; mode: 'rgb' | 'rgb-depth-seg'; inside: number; values: string }[]
}
const given = JSON.parse(readFileSync(join(reference, 'expected.json'), 'utf8')) as Expected
const manifest = JSON.parse(readFileSync(join(reference, 'manifest.json'), 'utf8')) as { relight: Record<string, unknown> }
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))
const image: RgbImage = { width: given.width, height: given.height, data: bytes(given.rgb) }
const depth = new Float32Array(bytes(given.depth).buffer)
const seg = bytes(given.seg)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virga-relight-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('relight', () => {
  it.each(given.expected)('$look in mode $mode is what Python computes', async ({ look, mode, inside, values }) => {
    const relight = await loadRelight(reference, manifest.relight)
    const out = relight.apply(image, look, mode === 'rgb' ? {} : { depth, seg })
    const truth = new Float32Array(bytes(values).buffer)
    // The clamp must not hide the numbers.
    expect(inside).toBeGreaterThan(0.5)
    // Half a level for our rounding, the rest for Python's single precision.
    out.data.forEach((value, i) => {
      expect(Math.abs(value - 255 * truth[i])).toBeLessThan(0.501)
    })
  })

  it('names looks and classes, and refuses a look that it does not have', async () => {
    const relight = await loadRelight(reference, manifest.relight)
    expect(relight.looks).toEqual(['clear-day', 'rain-night'])
    expect(relight.segClasses).toEqual(['sky', 'road', 'building', 'vehicle'])
    expect(() => relight.apply(image, 'hail-noon')).toThrow(/hail-noon.*clear-day, rain-night/)
  })

  it('takes pixels of unknown class by colour, and depth that is no distance as sky', async () => {
    const relight = await loadRelight(reference, manifest.relight)
    const byColour = relight.apply(image, 'rain-night')
    expect(relight.apply(image, 'rain-night', { depth, seg: seg.map(() => 200) })).toEqual(byColour)
    const sky = relight.apply(image, 'rain-night', { depth: depth.map(() => 0), seg })
    for (const odd of [NaN, -3, Infinity]) expect(relight.apply(image, 'rain-night', { depth: depth.map(() => odd), seg })).toEqual(sky)
  })

  it('refuses images and geometry of the wrong length', async () => {
    const relight = await loadRelight(reference, manifest.relight)
    expect(() => relight.apply({ ...image, width: 12 }, 'clear-day')).toThrow(/expected 396 values/)
    expect(() => relight.apply(image, 'clear-day', { depth: depth.subarray(1), seg })).toThrow(/field depth/)
  })

  it('refuses files that are not what the manifest says', async () => {
    await cp(reference, folder, { recursive: true })
    const path = join(folder, 'relight.safetensors')
    const whole = await readFile(path)
    const damaged = Buffer.from(whole)
    damaged[damaged.length - 3] ^= 1
    await writeFile(path, damaged)
    await expect(loadRelight(folder, manifest.relight)).rejects.toMatchObject({ code: 'VIRGA_DIGEST_MISMATCH' })
    const { sha256: _, ...unsigned } = manifest.relight
    await writeFile(path, whole.subarray(0, whole.length - 8))
    await expect(loadRelight(folder, unsigned)).rejects.toMatchObject({ code: 'VIRGA_BAD_INPUT' })
    await rm(path)
    await expect(loadRelight(folder, unsigned)).rejects.toMatchObject({ code: 'VIRGA_BAD_BUNDLE' })
    await writeFile(path, whole)
    await expect(loadRelight(folder, { ...unsigned, looks: ['clear-day'] })).rejects.toThrow(/expected 1x1x19x3/)
    await expect(loadRelight(folder, { ...unsigned, modes: {} })).rejects.toThrow(/relight\.modes\.rgb/)
    await expect(loadRelight(folder, { ...unsigned, file: '../relight.safetensors' })).rejects.toMatchObject({ code: 'VIRGA_BAD_BUNDLE' })
  })

  it('refuses coefficients that are not finite', async () => {
    const entry = parseRelightEntry(manifest.relight, 'manifest.json')
    const tensors = parseSafetensors(await readFile(join(reference, 'relight.safetensors')), 'relight.safetensors')
    const data = tensors.get('rgb')?.data
    if (data !== undefined) data[5] = NaN
    expect(() => createRelight(entry, tensors, 'relight.safetensors')).toThrow(/not finite/)
  })
})
