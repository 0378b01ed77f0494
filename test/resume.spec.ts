import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { variantManifest } from '@virga/augmentation'
import { openVideo } from '@virga/video'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digests, type Finished, hasMini, start, virga } from './virga.ts'

const frames = 9
const camera = join('simulated-900002', 'front')

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'virga-resume-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const args = (name: string) => [
  ...['augment', '--simulate', '900002', '--frames', String(frames), '--steps', '2', '--variant', 'rain/night', '--variant', 'snow/day'],
  ...['--store', join(root, `${name}-store`), '--out', join(root, name)],
]
const outOf = (name: string) => join(root, name)
const stages = ({ stderr }: Finished, how: 'reused' | 'done') =>
  [...stderr.matchAll(new RegExp(`^(.+): ${how === 'reused' ? 'reused' : 'done in .*'}$`, 'gm'))].map((match) => match[1])

/** Command lines of living processes that mention a text. */
function processesWith(text: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      return line.includes(text) ? [line] : []
    } catch {
      return []
    }
  })
}

/** Starts a run, sends it a signal when a stage begins, and waits until it is gone. */
async function stopAt(name: string, stage: string, signal: NodeJS.Signals): Promise<Finished> {
  const run = start(args(name))
  await run.saw(`${stage}: started`)
  run.child.kill(signal)
  return run.done
}

describe.skipIf(!hasMini)('virga augment', () => {
  let whole: Record<string, string>

  beforeAll(async () => {
    const run = await virga(args('whole'))
    expect(run.stderr).toContain('generate snow/day (front): done')
    expect(run.code).toBe(0)
    whole = await digests(outOf('whole'))
  })

  it('makes the files that it promises', async () => {
    const conditions = ['hdmap', 'lidar', 'depth', 'seg', 'vis', 'edge'].map((name) => `${camera}/conditions/${name}.mp4`)
    const variants = ['rain-night', 'snow-day'].flatMap((name) => [`${camera}/${name}/video.mp4`, `${camera}/${name}/manifest.json`])
    expect(Object.keys(whole).sort()).toEqual(
      [...conditions, ...variants, `${camera}/source.mp4`, 'contact-sheet.png', 'report.html'].sort(),
    )
    for (const name of ['rain-night', 'snow-day']) {
      const folder = join(outOf('whole'), camera, name)
      const manifest = variantManifest.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')))
      expect(manifest.video.sha256).toBe(whole[`${camera}/${name}/video.mp4`])
      expect(manifest).toMatchObject({
        ai_generated: true,
        seed: 0,
        steps: 2,
        variant: { name },
        camera: { name: 'front', hasVideo: true },
      })
      const video = await openVideo(join(folder, 'video.mp4'))
      expect([video.frames, video.fps, video.width, video.height]).toEqual([frames, 24, manifest.video.width, manifest.video.height])
      await video.close()
    }
  })

  it('makes variants that differ from the source and from each other as asked', async () => {
    const meanOf = async (file: string): Promise<number> => {
      const video = await openVideo(join(outOf('whole'), camera, file))
      const first = await video[Symbol.asyncIterator]().next()
      await video.close()
      const image = first.value as { data: Uint8Array }
      return image.data.reduce((sum, value) => sum + value, 0) / image.data.length
    }
    const [source, night, snow] = await Promise.all(['source.mp4', 'rain-night/video.mp4', 'snow-day/video.mp4'].map(meanOf))
    expect(night).toBeLessThan((source ?? 0) * 0.75)
    expect(snow).toBeGreaterThan((night ?? 255) * 1.5)
  })

  it('reuses every stage the second time, says so, and gives the same bytes', async () => {
    const second = await virga([...args('whole'), '--json'])
    expect(stages(second, 'done')).toEqual([])
    expect(stages(second, 'reused').length).toBeGreaterThanOrEqual(11)
    expect(JSON.parse(second.stdout)).toMatchObject({ stages: { made: 0 }, scenario: 'simulated-900002' })
    expect(await digests(outOf('whole'))).toEqual(whole)
  })

  it('goes on after kill -9 in the middle of rendering, generation and composition, to the same bytes', async () => {
    const name = 'killed'
    for (const stage of ['render hdmap (front)', 'generate rain/night (front)', 'transfer detail snow/day (front)']) {
      const { signal } = await stopAt(name, stage, 'SIGKILL')
      expect(signal).toBe('SIGKILL')
      expect(processesWith(outOf(name))).toEqual([])
      // Whatever has a final name by now is finished.
      for (const [file, digest] of Object.entries(existsSync(outOf(name)) ? await digests(outOf(name)) : {})) {
        if (!file.split('/').at(-1)?.startsWith('.')) expect([file, digest]).toEqual([file, whole[file]])
      }
    }
    const resumed = await virga(args(name))
    expect(resumed.code).toBe(0)
    expect(stages(resumed, 'reused')).toEqual(
      expect.arrayContaining([
        'simulate clear/day (front)',
        'render hdmap (front)',
        'generate rain/night (front)',
        'generate snow/day (front)',
      ]),
    )
    expect(stages(resumed, 'done')).toContain('transfer detail snow/day (front)')
    expect(await digests(outOf(name))).toEqual(whole)
    expect(readdirSync(join(root, `${name}-store`, 'scratch'))).toEqual([])
  })

  it('stops cleanly on Ctrl-C and says how to go on', async () => {
    const name = 'stopped'
    const { code, stderr } = await stopAt(name, 'compute vis (front)', 'SIGINT')
    expect(code).toBe(5)
    expect(stderr).toMatch(/run the same command again/)
    expect(stderr).toMatch(/VIRGA_CANCELLED/)
    expect(readdirSync(join(root, `${name}-store`, 'scratch'))).toEqual([])
    expect(Object.keys(await digests(outOf(name))).filter((file) => /partial|\.part$/.test(file))).toEqual([])
    expect(existsSync(join(outOf(name), camera, 'rain-night'))).toBe(false)
  })

  it('lets two runs share a store at the same time', async () => {
    const shared = (name: string) => [...args(name), '--store', join(root, 'shared-store')]
    const runs = await Promise.all([virga(shared('one')), virga(shared('two'))])
    expect(runs.map(({ code }) => code)).toEqual([0, 0])
    expect(await digests(outOf('one'))).toEqual(whole)
    expect(await digests(outOf('two'))).toEqual(whole)
  })
})
