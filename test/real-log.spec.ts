import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { variantManifest } from '@virga/augmentation'
import { openVideo, readPng } from '@virga/video'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasMini, hasRealLog, realLog, virga } from './virga.ts'

const camera = 'ring_front_center'
let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'virga-log-'))
  process.env.VIRGA_HOME = join(root, 'home')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** How many pixels differ from black. */
const lit = (data: Uint8Array) =>
  data.reduce((count, value, i) => count + (i % 3 === 0 && (value > 0 || (data[i + 1] ?? 0) > 0 || (data[i + 2] ?? 0) > 0) ? 1 : 0), 0)

describe.skipIf(!hasRealLog)('a real Argoverse 2 log without images (set VIRGA_DATA)', () => {
  it('inspect counts what the log holds', async () => {
    const { stdout } = await virga(['inspect', realLog, '--json'])
    const summary = JSON.parse(stdout) as Record<string, unknown>
    expect(summary).toMatchObject({ format: 'argoverse2', egoPoses: 2706, tracks: { total: 114, boxes: 11364 }, sweeps: { count: 2 } })
    expect(summary.cameras).toHaveLength(9)
  })

  it('render draws map, boxes and sweeps where they are, frame by frame', async () => {
    const out = join(root, 'render')
    const size = ['--size', '310x410', '--start', '11.5', '--frames', '9', '--fps', '24', '--png', '4']
    const { code, stdout } = await virga([
      'render',
      realLog,
      '--camera',
      camera,
      '--controls',
      'hdmap,lidar',
      ...size,
      '--out',
      out,
      '--json',
    ])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      complete: true,
      outputs: [
        { control: 'hdmap', frames: 9 },
        { control: 'lidar', frames: 9 },
      ],
    })
    for (const control of ['hdmap', 'lidar']) {
      const video = await openVideo(join(out, camera, `${control}.mp4`))
      expect([video.width, video.height, video.frames, video.fps]).toEqual([310, 410, 9, 24])
      await video.close()
      expect(readdirSync(join(out, camera, control))).toEqual(['000000.png', '000004.png', '000008.png'])
    }
    const hdmap = await readPng(join(out, camera, 'hdmap', '000004.png'))
    const colours = new Set<string>()
    for (let i = 0; i < hdmap.data.length; i += 3) colours.add([...hdmap.data.subarray(i, i + 3)].join())
    expect(lit(hdmap.data)).toBeGreaterThan(1500)
    expect(colours.size).toBeGreaterThan(4)
    // The sweeps lie at 11.69 and 11.79 s: a tenth of the picture and more holds points then.
    expect(lit((await readPng(join(out, camera, 'lidar', '000004.png'))).data)).toBeGreaterThan(12_000)
  })

  it.skipIf(!hasMini)('augment promises layout only, and says so in output and manifest', async () => {
    const out = join(root, 'augment')
    const { code, stdout, stderr } = await virga([
      'augment',
      realLog,
      '--camera',
      camera,
      '--variant',
      'snow/day',
      '--frames',
      '9',
      '--out',
      out,
    ])
    expect(stderr).toMatch(/no camera video: variants keep the layout/)
    expect(stderr).toMatch(/LiDAR sweeps \(at 11.69, 11.79 s\) lie outside the frames/)
    expect(stdout).toMatch(/Layout only/)
    expect(code).toBe(0)
    const folder = join(out, '7fab2350-7eaf-3b7e-a39d-6937a4c1bede', camera)
    const manifest = variantManifest.parse(JSON.parse(readFileSync(join(folder, 'snow-day', 'manifest.json'), 'utf8')))
    expect(manifest).toMatchObject({
      scenario: { licence: 'CC-BY-NC-SA-4.0', files: expect.any(Number) as number },
      composition: { mode: 'painted-layout-with-generated-change', promise: 'layout-only', relight: { mode: 'labels' } },
      video: { width: 1280, height: 704, frames: 9 },
      conditions: Object.fromEntries(['hdmap', 'lidar', 'depth', 'seg'].map((control) => [control, { readByModel: true }])),
    })
    expect(readdirSync(join(folder, 'conditions')).sort()).toEqual(['depth.mp4', 'hdmap.mp4', 'lidar.mp4', 'seg.mp4'])
    expect(existsSync(join(folder, 'source.mp4'))).toBe(false)
  })
})

describe('a simulated log', () => {
  it('is written by simulate, read back, and augmented on its own pixels', async () => {
    const log = join(root, 'drive')
    const simulated = await virga(['simulate', '--seed', '900003', '--frames', '9', '--size', '320x176', '--out', log, '--json'])
    expect(simulated.stderr).toMatch(/simulate clear\/day.*: done/)
    expect(JSON.parse(simulated.stdout)).toMatchObject({ frames: 9, fps: 24, folder: log })
    const inspected = await virga(['inspect', log, '--json'])
    expect(JSON.parse(inspected.stdout)).toMatchObject({
      format: 'argoverse2',
      licence: 'Apache-2.0',
      cameras: [{ name: 'front', width: 320, height: 176, images: { count: 9 } }],
    })
    if (!hasMini) return
    const out = join(root, 'drive-out')
    const augmented = await virga([
      'augment',
      log,
      '--camera',
      'front',
      '--variant',
      'fog/morning',
      '--frames',
      '9',
      '--out',
      out,
      '--json',
    ])
    expect(augmented.code).toBe(0)
    expect(JSON.parse(augmented.stdout)).toMatchObject({
      promise: 'structure-of-the-source-pixels',
      cameras: [{ variants: [{ manifest: { camera: { hasVideo: true }, composition: { relight: { mode: 'rgb-labels' } } } }] }],
    })
  })

  it('does not overwrite a folder that holds something else', async () => {
    const { code, stderr } = await virga(['simulate', '--seed', '1', '--frames', '1', '--size', '320x176', '--out', root])
    expect(stderr).toMatch(/not empty/)
    expect(code).toBe(4)
  })
})
