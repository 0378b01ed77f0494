import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { variantManifest, type VariantManifest } from '@virga/augmentation'
import { openVideo } from '@virga/video'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeTinyBundle } from '../libs/models/test/tiny-bundle.ts'
import { hasRealLog, realLog, virga, workspace } from './virga.ts'

const camera = 'ring_front_center'
let root: string
let bundle: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'virga-painted-'))
  process.env.VIRGA_HOME = join(root, 'home')
  const reference = join(workspace, 'libs', 'relight', 'test', 'reference')
  const { relight } = JSON.parse(readFileSync(join(reference, 'manifest.json'), 'utf8')) as { relight: Record<string, unknown> }
  bundle = writeTinyBundle({
    change: (manifest) => ({
      ...manifest,
      relight,
      base: { ...manifest.base, withoutVideo: 'paint' },
      defaults: { ...manifest.defaults, steps: 1 },
    }),
  })
  copyFileSync(join(reference, 'relight.safetensors'), join(bundle, 'relight.safetensors'))
})
afterAll(() => {
  for (const folder of [root, bundle]) rmSync(folder, { recursive: true, force: true })
})

/** Frames 11.5 s into the drive, where the log has LiDAR. */
async function augmented(name: string, ...options: string[]): Promise<{ manifest: VariantManifest; file: string }> {
  const out = join(root, name)
  const when = ['--start', '11.5', '--frames', '9', '--bundle', bundle, '--store', join(root, 'store')]
  const { code, stderr } = await virga([
    'augment',
    realLog,
    '--camera',
    camera,
    '--variant',
    'rain/night',
    ...when,
    '--out',
    out,
    ...options,
  ])
  expect(code, stderr).toBe(0)
  const folder = join(out, '7fab2350-7eaf-3b7e-a39d-6937a4c1bede', camera, 'rain-night')
  const text = readFileSync(join(folder, 'manifest.json'), 'utf8')
  return { manifest: variantManifest.parse(JSON.parse(text)), file: join(folder, 'video.mp4') }
}

describe.skipIf(!hasRealLog)('a log without camera video and a bundle that paints (set VIRGA_DATA)', () => {
  it('is painted at four times the bundle, by stages with keys of their own', async () => {
    const { manifest, file } = await augmented('painted')
    expect(manifest.composition).toMatchObject({
      mode: 'painted-layout-with-generated-change',
      promise: 'layout-only',
      relight: { look: 'rain-night', mode: 'labels' },
    })
    expect(manifest.begins).toBe('paint')
    expect(Object.keys(manifest.stages)).toEqual(expect.arrayContaining(['label-geometry', 'paint', 'generate', 'compose']))
    const video = await openVideo(file)
    expect([video.width, video.height, video.frames]).toEqual([128, 64, 9])
    await video.close()
  })

  it('--no-detail keeps the generated frames, at the size of the bundle', async () => {
    const { manifest } = await augmented('no-detail', '--no-detail')
    expect(manifest.composition).toMatchObject({ mode: 'generated', detail: null, relight: { mode: 'labels' } })
    expect([manifest.video.width, manifest.video.height, manifest.begins]).toEqual([32, 16, 'paint'])
  })

  it('--no-relight begins from the controls alone', async () => {
    const { manifest } = await augmented('no-relight', '--no-relight')
    expect(manifest.composition).toMatchObject({ mode: 'generated', detail: null, relight: null })
    expect([manifest.video.width, manifest.begins]).toEqual([32, 'prior'])
    expect(Object.keys(manifest.stages)).not.toContain('paint')
  })
})
