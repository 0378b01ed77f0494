import { join } from 'node:path'
import { rm } from 'node:fs/promises'
import { findBundle, loadBundle } from '@virga/models'
import { lookName, looks } from '@virga/simulation'
import { beforeAll, describe, expect, it } from 'vitest'
import { configurations } from './run/ablation.ts'
import { controlFigures, likeness, seen, type Truth } from './run/figures.ts'
import { type Judges, openJudges } from './run/judges.ts'
import { heldOutSeeds, lookAt, planDrives, workspaceRoot } from './run/plan.ts'
import { Measurements } from './run/rows.ts'
import { collect } from './run/collect.ts'
import { openRenderDevice, type RenderDevice } from '@virga/rendering'
import { renderDrive } from '@virga/simulation'
import { simulated, withoutVideo } from './run/variants.ts'

describe('plan', () => {
  it('has twenty drives apart from every training seed, and all looks equally often', () => {
    expect(new Set(heldOutSeeds).size).toBe(20)
    expect(heldOutSeeds.every((seed) => seed >= 900_100 && seed < 900_120)).toBe(true)
    const counts = new Map<string, number>()
    for (const drive of planDrives(20, 4)) {
      expect(new Set(drive.looks.map(({ weather }) => weather)).size).toBe(4)
      expect(new Set(drive.looks.map(({ lighting }) => lighting)).size).toBe(4)
      for (const look of drive.looks) counts.set(lookName(look), (counts.get(lookName(look)) ?? 0) + 1)
    }
    expect(counts.size).toBe(looks.length)
    expect(new Set(counts.values())).toEqual(new Set([4]))
  })
})

describe('configurations', () => {
  it('are the tables of the paper for six controls, and weights sum to one', () => {
    const all = configurations(['hdmap', 'lidar', 'depth', 'seg', 'edge', 'vis'])
    expect(all.map(({ name }) => name)).toHaveLength(6 + 1 + 1 + 6 + 4)
    for (const { weights } of all) expect(Object.values(weights).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
  })
  it('leave out what a bundle has not', () => {
    expect(configurations(['hdmap', 'vis']).map(({ name }) => name)).toEqual(['hdmap', 'vis', 'all', 'all but hdmap', 'all but vis'])
  })
})

describe('measurements', () => {
  it('are taken once per key, and again for another', async () => {
    const folder = join(workspaceRoot, '.cache', 'heldout', `spec-${process.pid}`)
    try {
      const store = new Measurements<number>(folder)
      let taken = 0
      const take = () => Promise.resolve([++taken])
      expect(await store.of({ a: 1, b: 2 }, take)).toEqual([1])
      expect(await store.of({ b: 2, a: 1 }, take)).toEqual([1])
      expect(await store.of({ a: 2, b: 2 }, take)).toEqual([2])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('judges and figures on a held-out drive', () => {
  const frames = 9
  const look = lookAt(0)
  let judges: Judges
  let truth: Truth
  let device: RenderDevice
  beforeAll(async () => {
    judges = await openJudges(join(import.meta.dirname, 'judges'), 1)
    device = await openRenderDevice()
    const drive = simulated(heldOutSeeds[0], { frames, fps: 24, width: 320, height: 176 })
    const drawn = await collect(renderDrive(device, drive, { cameraName: 'front', width: 320, height: 176, look }))
    truth = {
      frames: drawn.map(({ rgb }) => rgb),
      classes: drawn.map(({ seg }) => seg.map((id) => judges.judged[id])),
      depth: drawn.map(({ depth }) => depth),
    }
    return () => {
      device.dispose()
    }
  })

  it('see the truth as it is', async () => {
    const { accuracy, iou } = judges.report.heldOut
    expect(accuracy.look).toBeGreaterThan(0.85)
    expect(iou.vehicle).toBeGreaterThan(0.5)
    expect(iou['lane-line']).toBeGreaterThan(0.3)
    const { confusion, look: named } = await seen(judges, truth.frames, truth)
    const right = confusion.counts.filter((_, i) => i % (confusion.classes + 1) === 0).reduce((a, b) => a + b, 0)
    expect(right / confusion.counts.reduce((a, b) => a + b, 0)).toBeGreaterThan(0.85)
    expect(lookName(look)).toBe(`${named.weather}-${named.lighting}`)
  })

  it('call the truth perfect, and a darkened, frozen video worse in every figure', async () => {
    const same = likeness(truth.frames, truth)
    expect(same).toEqual({ psnr: 60, ssim: 1, flicker: 1, jump: 1 })
    const dark = truth.frames.map((image) => ({ ...image, data: truth.frames[0].data.map((value) => value >> 2) }))
    const worse = likeness(dark, truth)
    expect(worse.psnr).toBeLessThan(25)
    expect(worse.ssim).toBeLessThan(0.9)
    expect(worse.flicker).toBe(0)
    const [good, bad] = [await controlFigures(judges, truth.frames, truth), await controlFigures(judges, dark, truth)]
    expect(good.blurSsim).toBe(1)
    expect(good.edge.both).toBe(good.edge.truth)
    expect(bad.blurSsim).toBeLessThan(0.9)
    expect(bad.edge.both).toBeLessThan(0.8 * bad.edge.truth)
    expect(bad.siRmse).toBeGreaterThan(good.siRmse)
  })

  it('a drive without video has map, boxes and LiDAR, and a digest of its own for each edit', async () => {
    const drive = simulated(heldOutSeeds[0], { frames, fps: 24, width: 320, height: 176 })
    const [plain, edited] = [withoutVideo(drive), withoutVideo(drive, 'without a')]
    expect(plain.scenario.sweeps.length).toBeGreaterThan(2)
    expect(plain.scenario.images.size).toBe(0)
    expect(plain.simulated).toBeUndefined()
    expect(plain.digest).not.toBe(edited.digest)
    expect((await loadBundle((await findBundle('mini')).dir)).manifest.controls.hdmap).toBeDefined()
  })
})
