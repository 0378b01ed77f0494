import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseSafetensors } from '@virga/diffusion'
import type { RgbImage } from '@virga/scenario'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadRelight, type RelightMode } from './index.ts'
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
  /** Ids of the label modes' classes. */
  readonly parts: string
  readonly up: string
  readonly across: string
  readonly expected: { look: string; mode: RelightMode; inside: number; values: string }[]
}
const given = JSON.parse(readFileSync(join(reference, 'expected.json'), 'utf8')) as Expected
const manifest = JSON.parse(readFileSync(join(reference, 'manifest.json'), 'utf8')) as { relight: Record<string, unknown> }
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))
const image: RgbImage = { width: given.width, height: given.height, data: bytes(given.rgb) }
const depth = new Float32Array(bytes(given.depth).buffer)
const seg = bytes(given.seg)
const parts = bytes(given.parts)
const up = new Float32Array(bytes(given.up).buffer)
const across = new Float32Array(bytes(given.across).buffer)

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
    const geometry = { depth, seg: mode === 'rgb-depth-seg' ? seg : parts, up, across }
    const out = relight.apply(mode, look, mode === 'labels' ? { width: image.width, height: image.height } : image, geometry)
    const truth = new Float32Array(bytes(values).buffer)
    // The clamp must not hide the numbers.
    expect(inside).toBeGreaterThan(0.5)
    // Half a level for our rounding, the rest for Python's single precision.
    out.data.forEach((value, i) => {
      expect(Math.abs(value - 255 * truth[i])).toBeLessThan(0.501)
    })
  })

  it('names looks, modes and classes, and refuses a look or a mode that it does not have', async () => {
    const relight = await loadRelight(reference, manifest.relight)
    expect(relight.looks).toEqual(['clear-day', 'rain-night'])
    expect(relight.modes).toEqual(['rgb', 'rgb-depth-seg', 'rgb-labels', 'labels'])
    expect(relight.classesOf('rgb')).toBeUndefined()
    expect(relight.classesOf('rgb-depth-seg')).toEqual(['sky', 'road', 'building', 'vehicle'])
    expect(relight.classesOf('labels')).toContain('vehicle-back')
    expect(() => relight.apply('rgb', 'hail-noon', image)).toThrow(/hail-noon.*clear-day, rain-night/)
    const { 'rgb-labels': _, labels: __, ...few } = manifest.relight['modes'] as Record<string, unknown>
    const old = await loadRelight(reference, { ...manifest.relight, modes: few })
    expect(() => old.apply('labels', 'clear-day', image, { depth, seg })).toThrow(/no mode labels.*rgb, rgb-depth-seg/)
  })

  it('takes pixels of unknown class by colour, or as any class, and depth that is no distance as sky', async () => {
    const relight = await loadRelight(reference, manifest.relight)
    const byColour = relight.apply('rgb', 'rain-night', image)
    expect(relight.apply('rgb-depth-seg', 'rain-night', image, { depth, seg: seg.map(() => 200) })).toEqual(byColour)
    const other = relight.classesOf('labels')?.indexOf('other') ?? -1
    const painted = (ids: Uint8Array) => relight.apply('labels', 'rain-night', image, { depth, seg: ids, up, across })
    expect(painted(seg.map(() => 200))).toEqual(painted(seg.map(() => other)))
    const sky = relight.apply('rgb-depth-seg', 'rain-night', image, { depth: depth.map(() => 0), seg })
    for (const odd of [NaN, -3, Infinity])
      expect(relight.apply('rgb-depth-seg', 'rain-night', image, { depth: depth.map(() => odd), seg })).toEqual(sky)
  })

  it('finds classes by name where ids are numbered otherwise', async () => {
    const relight = await loadRelight(reference, manifest.relight)
    const classNames = ['vehicle', 'hovercraft', 'sky', 'road', 'building']
    const renumbered = seg.map((id) => [2, 3, 4, 0][id])
    expect(relight.apply('rgb-depth-seg', 'rain-night', image, { depth, seg: renumbered, classNames })).toEqual(
      relight.apply('rgb-depth-seg', 'rain-night', image, { depth, seg }),
    )
  })

  it('refuses images and geometry of the wrong length, and none', async () => {
    const relight = await loadRelight(reference, manifest.relight)
    expect(() => relight.apply('rgb', 'clear-day', { ...image, width: 12 })).toThrow(/expected 396 values/)
    expect(() => relight.apply('rgb-labels', 'clear-day', { width: image.width, height: image.height })).toThrow(/field data/)
    expect(() => relight.apply('rgb-depth-seg', 'clear-day', image, { depth: depth.subarray(1), seg })).toThrow(/field depth/)
    expect(() => relight.apply('labels', 'clear-day', image)).toThrow(/field depth/)
    expect(() => relight.apply('labels', 'clear-day', image, { depth, seg, up: up.subarray(1) })).toThrow(/field up/)
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
