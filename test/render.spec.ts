import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RenderManifest, renderManifest } from '@virga/augmentation'
import { openVideo, readPng } from '@virga/video'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digests, start, virga } from './virga.ts'

const frames = 24
let root: string
let log: string

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'virga-render-'))
  log = join(root, 'log')
  const simulate = ['simulate', '--seed', '7', '--frames', String(frames), '--fps', '12', '--size', '320x176', '--out', log]
  expect(await virga(simulate)).toMatchObject({ code: 0 })
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const render = (name: string, ...more: string[]) => [
  'render',
  log,
  '--camera',
  'front',
  '--size',
  '320x176',
  '--fps',
  '12',
  '--out',
  join(root, name),
  ...more,
]
const manifestOf = (name: string): RenderManifest =>
  renderManifest.parse(JSON.parse(readFileSync(join(root, name, 'manifest.json'), 'utf8')))
const lengthOf = async (file: string): Promise<number> => {
  const video = await openVideo(file)
  await video.close()
  return video.frames
}

describe('virga render', () => {
  it('makes every control that the log can give, the same bytes in two processes', async () => {
    const [first, second] = await Promise.all(['one', 'two'].map((name) => virga(render(name, '--controls', 'all', '--frames', '6'))))
    expect(first).toMatchObject({ code: 0 })
    expect(second).toMatchObject({ code: 0 })
    const files = await digests(join(root, 'one'))
    expect(Object.keys(files).sort()).toEqual([
      'front/depth.mp4',
      'front/edge.mp4',
      'front/hdmap.mp4',
      'front/seg.mp4',
      'front/vis.mp4',
      'manifest.json',
    ])
    expect(await digests(join(root, 'two'))).toEqual(files)
    const { complete, outputs } = manifestOf('one')
    expect(complete).toBe(true)
    for (const { file, sha256, frames: count } of outputs) {
      expect(files[file]).toBe(sha256)
      expect(await lengthOf(join(root, 'one', file))).toBe(count)
    }
  })

  it('cuts into chunks, and pads, shortens or drops the tail as the manifest says', async () => {
    const chunk = ['--chunk', '10', '--frames', '23']
    expect(await virga(render('pad', ...chunk, '--tail', 'pad'))).toMatchObject({ code: 0 })
    expect(await virga(render('drop', ...chunk, '--tail', 'drop', '--layout', 'upstream'))).toMatchObject({ code: 0 })
    const pad = manifestOf('pad')
    expect(pad.outputs.map(({ firstFrame, frames: count, paddedFrames }) => [firstFrame, count, paddedFrames])).toEqual([
      [0, 10, 0],
      [10, 10, 0],
      [20, 3, 7],
    ])
    for (const { file } of pad.outputs) expect(await lengthOf(join(root, 'pad', file))).toBe(10)
    const drop = manifestOf('drop')
    expect(drop.droppedFrames).toBe(3)
    expect(drop.outputs.map(({ file }) => file)).toEqual([0, 1].map((i) => `hdmap/pinhole_front/${drop.scenario.id}_${i}.mp4`))
  })

  it('is killed, and goes on with --resume to the same bytes', async () => {
    const args = (name: string) => render(name, '--frames', '24', '--chunk', '4', '--controls', 'hdmap,edge', '--size', '1280x704')
    expect(await virga(args('whole'))).toMatchObject({ code: 0 })
    const run = start(args('cut'))
    await run.saw('chunk 2 of 6: started')
    run.child.kill('SIGKILL')
    await run.done
    expect(manifestOf('cut').complete).toBe(false)
    const before = manifestOf('cut').outputs.length
    expect(before).toBeGreaterThanOrEqual(2)
    const again = await virga([...args('cut'), '--resume'])
    expect(again).toMatchObject({ code: 0 })
    expect(again.stdout).toContain(`${before} of them were complete before`)
    expect(await digests(join(root, 'cut'))).toEqual(await digests(join(root, 'whole')))
    const other = await virga([
      ...render('cut', '--frames', '24', '--chunk', '5', '--controls', 'hdmap,edge', '--size', '1280x704'),
      '--resume',
    ])
    expect(other.code).toBe(2)
    expect(other.stderr).toMatch(/had other settings: chunk: 4 before, 5 now/)
  })

  it('draws in a style of its user, from one file', async () => {
    const file = join(root, 'mine.ts')
    const layer = `{ draw: 'lines', of: 'lane-line', rgb: [255, 255, 255], thickness: 2, spacing: 0.8 }`
    const description = `{ name: 'mine', title: 'white lanes', defaultChain: 'direct', shading: { far: 100, slope: 2 / 255 }, nearClip: { lines: 0.2, hulls: 0.05 }, layers: [${layer}] }`
    writeFileSync(file, `import { flatStyle } from '@virga/rendering'\nexport default flatStyle(${description})\n`)
    expect(await virga(render('mine', '--style', file, '--frames', '1', '--png', '1'))).toMatchObject({ code: 0 })
    const { data } = await readPng(join(root, 'mine', 'front', 'hdmap', '000000.png'))
    expect(data.some((value) => value > 100)).toBe(true)
    expect(data.every((value, i) => value === data[i - (i % 3)])).toBe(true)
    expect(manifestOf('mine').settings.styles).toEqual({ hdmap: 'mine' })
    writeFileSync(
      file,
      `import { flatStyle } from '@virga/rendering'\nexport default flatStyle(${description.replace('thickness: 2', 'thickness: 4')})\n`,
    )
    const changed = await virga(render('mine', '--style', file, '--frames', '1', '--png', '1', '--resume'))
    expect(changed.code).toBe(2)
    expect(changed.stderr).toMatch(/had other settings: made/)
    writeFileSync(join(root, 'none.ts'), 'export default 5\n')
    const none = await virga(render('none', '--style', join(root, 'none.ts')))
    expect(none.code).toBe(3)
    expect(none.stderr).toMatch(/has no style.*none\.ts.*default export/)
  })

  it('draws maps without any graphics adapter', async () => {
    const finished = await virga(render('bare', '--frames', '2', '--style', 'world-scenario-v3'), { VIRGA_ADAPTER: 'hardware' })
    expect(finished).toMatchObject({ code: 0 })
    expect(manifestOf('bare').complete).toBe(true)
  })

  it('takes every third pose at 10 frames per second', async () => {
    const at = (fps: string, name: string) =>
      virga([
        'render',
        log,
        '--camera',
        'front',
        '--size',
        '320x176',
        '--fps',
        fps,
        '--png',
        '1',
        '--frames',
        fps === '30' ? '7' : '3',
        '--out',
        join(root, name),
      ])
    await Promise.all([at('30', 'thirty'), at('10', 'ten')])
    const png = (name: string, frame: number) => readFileSync(join(root, name, 'front', 'hdmap', `${String(frame).padStart(6, '0')}.png`))
    for (const frame of [0, 1, 2]) expect(png('ten', frame).equals(png('thirty', 3 * frame))).toBe(true)
  })

  it('refuses what makes no sense, and leaves nothing', async () => {
    const cases: [number, RegExp, string[]][] = [
      [2, /no control hdmaps.*hdmap, lidar, depth, seg, edge, vis/, ['--controls', 'hdmaps']],
      [2, /no condition style v1.*hdmap-v1.*lidar-v1.*world-scenario-v3/, ['--style', 'v1']],
      [2, /style lidar-v1 draws lidar, which is not among the controls/, ['--style', 'lidar-v1']],
      [3, /cannot make lidar: the log has no LiDAR sweeps/, ['--controls', 'lidar']],
      [3, /99 frames are more than the drive has.*at most 2\d/, ['--frames', '99']],
      [3, /5 frames do not fill one chunk of 121/, ['--frames', '5', '--chunk', '121', '--tail', 'drop']],
      [3, /no such file|cannot be opened|cannot open/i, ['--controls', 'edge', '--video', join(root, 'absent.mp4')]],
      [2, /hdmap is made by Virga/, ['--input', 'hdmap=x.mp4']],
      [2, /camera rear is not among those that are rendered/, ['--controls', 'edge', '--video', 'rear=x.mp4']],
      [2, /cannot be fitted by crop/, ['--fit', 'crop', '--size', '320x200']],
    ]
    for (const [code, words, more] of cases) {
      const { code: found, stderr } = await virga(render('refused', ...more))
      expect(stderr).toMatch(words)
      expect(found).toBe(code)
    }
    expect(readdirSync(root)).not.toContain('refused')
  })
})

it('virga preview shows the picture and every control of a camera at one moment', async () => {
  const { code, stdout } = await virga(['preview', log, '--time', '0.5', '--out', join(root, 'look')])
  expect(code).toBe(0)
  expect(stdout.trim()).toBe(join(root, 'look', 'front.png'))
  const { width, height } = await readPng(stdout.trim())
  // Six tiles of 640 x 352 or so, two in a row.
  expect(width).toBeGreaterThan(1200)
  expect(height).toBeGreaterThan(1100)
})
