import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findBundle, listBundles, loadBundle, verifyBundle } from '../src/index.ts'
import { writeTinyBundle } from './tiny-bundle.ts'

const failsWith = (code: string, ...parts: string[]): unknown =>
  expect.objectContaining({
    code,
    message: expect.stringMatching(parts.map((part) => part.replace(/[.\\/]/g, '\\$&')).join('.*')) as string,
  })

describe('bundle', () => {
  it('loads, verifies, and has a digest of its content', async () => {
    const dir = writeTinyBundle()
    const { bundle, files } = await verifyBundle(dir)
    expect(bundle.manifest.name).toBe('tiny')
    expect(files.map(({ file }) => file)).toContain('vocabulary.json')
    expect(bundle.digest).toMatch(/^[0-9a-f]{64}$/)
    expect((await loadBundle(writeTinyBundle())).digest).toBe(bundle.digest)
  })

  it('names the file and both digests when a file was changed', async () => {
    const dir = writeTinyBundle()
    const { manifest } = await loadBundle(dir)
    const path = join(dir, 'base.onnx')
    const bytes = readFileSync(path)
    bytes[bytes.length - 1] ^= 1
    writeFileSync(path, bytes)
    await expect(verifyBundle(dir)).rejects.toThrow(failsWith('VIRGA_DIGEST_MISMATCH', 'sha256', 'base.onnx', manifest.graphs.base.sha256))
  })

  it('notices a file of another size on loading', async () => {
    const dir = writeTinyBundle()
    truncateSync(join(dir, 'base.onnx'), 10)
    await expect(loadBundle(dir)).rejects.toThrow(failsWith('VIRGA_DIGEST_MISMATCH', '10 bytes', 'base.onnx'))
  })

  it('notices a missing file', async () => {
    const dir = writeTinyBundle()
    rmSync(join(dir, 'vocabulary.json'))
    await expect(loadBundle(dir)).rejects.toThrow(failsWith('VIRGA_BAD_BUNDLE', 'vocabulary.json'))
  })

  it.each<[string, (manifest: Record<string, unknown>) => unknown, string[]]>([
    ['a newer schema', (m) => ({ ...m, schema: 'virga.bundle/2' }), ['newer Virga']],
    ['no schema', (m) => ({ ...m, schema: undefined }), ['no bundle schema']],
    ['a missing section', (m) => ({ ...m, video: undefined }), ['field video']],
    ['a missing graph', (m) => ({ ...m, graphs: {} }), ['field graphs.text_encoder']],
    [
      'a path out of the folder',
      (m) => ({ ...m, graphs: { ...(m.graphs as object), base: { file: '../x', sha256: '0'.repeat(64), bytes: 1 } } }),
      ['field graphs.base.file'],
    ],
    ['too few scales', (m) => ({ ...m, latent: { channels: 16, temporal: 8, spatial: 8, scale: [1] } }), ['latent.scale', '16 numbers']],
    ['a list', () => [], ['no bundle schema']],
  ])('refuses a manifest with %s', async (_, change, parts) => {
    const dir = writeTinyBundle({ change: (manifest) => change(manifest) })
    await expect(loadBundle(dir)).rejects.toThrow(failsWith('VIRGA_BAD_BUNDLE', ...parts))
  })

  it('refuses a manifest that is no JSON, and a folder without one', async () => {
    const dir = writeTinyBundle()
    writeFileSync(join(dir, 'manifest.json'), '{')
    await expect(loadBundle(dir)).rejects.toThrow(failsWith('VIRGA_BAD_BUNDLE', 'no JSON', 'manifest.json'))
    await expect(loadBundle(join(dir, 'nothing'))).rejects.toThrow(failsWith('VIRGA_BAD_BUNDLE', 'no model bundle', 'nothing'))
  })

  it('is found by name or folder, beside a broken one', async () => {
    const good = writeTinyBundle()
    const broken = writeTinyBundle()
    rmSync(join(broken, 'base.onnx'))
    const path = [good, broken]
    expect((await findBundle('tiny', path)).dir).toBe(good)
    expect((await findBundle(good, [])).dir).toBe(good)
    const listed = await listBundles(path)
    expect(listed.map((entry) => ('bundle' in entry ? 'usable' : entry.problem))).toEqual(['usable', expect.stringContaining('base.onnx')])
    await expect(findBundle('cosmos', path)).rejects.toThrow(failsWith('VIRGA_UNKNOWN_NAME', 'cosmos', 'tiny'))
  })

  it('is found in a folder of bundles', async () => {
    const dir = writeTinyBundle()
    const parent = writeTinyBundle()
    rmSync(join(parent, 'manifest.json'))
    renameSync(dir, join(parent, 'inner'))
    expect((await findBundle('tiny', [parent])).dir).toBe(join(parent, 'inner'))
    expect(dirname((await findBundle('tiny', [parent])).dir)).toBe(parent)
  })
})
