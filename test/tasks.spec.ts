import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { augment, type AugmentResult, silentProgress, systemClock } from '@virga/augmentation'
import { admit, registerScenario, variantAttributes } from '@virga/orchestration'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryRoot, tinyBundle, tinyProcess, type TinyProcess } from './tasks/tiny-service.ts'

const tenant = 'default'
const { root, remove } = temporaryRoot()
const out = join(root, 'out')
let bundle: string
let local: AugmentResult
beforeAll(async () => {
  bundle = tinyBundle()
  mkdirSync(join(root, 'local'))
  const process = await tinyProcess(join(root, 'local'), bundle)
  try {
    local = await augment(
      { ...process.host, progress: silentProgress },
      {
        drive: { kind: 'simulation', seed: 7, size: { width: 64, height: 32 } },
        cameras: [],
        variants: [
          { weather: 'rain', lighting: 'night' },
          { weather: 'clear', lighting: 'day' },
        ],
        bundle: await process.host.bundles.find('tiny'),
        frames: 9,
        seed: 3,
        out,
      },
    )
  } finally {
    await process.close()
  }
})
afterAll(() => {
  remove()
  rmSync(bundle, { recursive: true, force: true })
})

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

/** A service that ends after each use, as if it had been killed and started again. */
async function service<Result>(name: string, use: (process: TinyProcess) => Promise<Result>): Promise<Result> {
  mkdirSync(join(root, name), { recursive: true })
  const process = await tinyProcess(join(root, name), bundle)
  try {
    return await use(process)
  } finally {
    await process.close()
  }
}

async function create({ catalog, store, host }: TinyProcess): Promise<void> {
  const uri = 'simulation://7?width=64&height=32'
  const ports = { scenarios: catalog.scenarios, store, files: host.scenarios, clock: systemClock }
  const scenario = await registerScenario(ports, { tenant }, { id: 'drive', uri })
  expect(scenario).toMatchObject({ state: 'ready', format: 'simulation', cameras: [{ name: 'front', width: 64, height: 32 }] })
  const admitted = await admit({ scenarios: { find: (of, id) => catalog.scenarios.get(of, id) }, bundles: host.bundles }, tenant, {
    scenario: 'scenarios/drive',
    cameras: ['front'],
    variants: [
      { look: { weather: 'rain', lighting: 'night' }, seed: 3 },
      { preset: 'presets/clear-day', seed: 3 },
    ],
    bundle: 'bundles/tiny',
    generation: { frames: 9 },
  })
  const { spec, tasks } = admitted
  const { outcome } = await catalog.augmentations.create({ id: 'a', tenant, scenario: admitted.scenario, spec, tasks })
  expect(outcome).toBe('created')
}

/** Every file of the local run is there, with the same bytes. */
async function expectSameAsLocal({ catalog, store }: TinyProcess): Promise<void> {
  const { items } = await catalog.augmentations.variants({ augmentation: 'a', size: 10 })
  expect(items.map(({ key }) => key).sort()).toEqual(['front.clear-day', 'front.rain-night'])
  for (const { files, attributes } of items) {
    const { folder, variant, conditions } = variantAttributes.parse(attributes)
    expect(conditions.map(({ control }) => control)).toContain('hdmap')
    for (const [path, ref] of Object.entries(files)) {
      const isOwn = path === 'video.mp4' || path === 'manifest.json'
      expect(ref.sha256, path).toBe(sha256(join(out, folder, isOwn ? variant : '', path)))
      expect(await store.verify(ref)).toBe(true)
    }
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['video.mp4', 'manifest.json', 'source.mp4', ...conditions.map(({ control }) => `conditions/${control}.mp4`)]),
    )
  }
  const { items: tasks } = await catalog.augmentations.tasks({ augmentation: 'a', stage: 'publish', size: 10 })
  expect(tasks[0]?.outputs['contact-sheet.png']?.sha256).toBe(sha256(local.contactSheet))
  expect(tasks[0]?.outputs['report.html']?.sha256).toBe(sha256(local.report))
}

const stateOf = async ({ catalog }: TinyProcess) => (await catalog.augmentations.get(tenant, 'a'))?.state

describe('an augmentation by tasks', () => {
  it('gives the bytes of a local run, with another process for every task and one that died in the middle', async () => {
    await service('one', create)
    await service('one', async (process) => {
      expect(await process.work('render')).toBeUndefined()
      expect(await process.work('inspect')).toBe('accepted')
    })
    await service('one', async (process) => expect(await process.claim('render', 1)).toBeDefined())
    await service('one', async (process) => {
      await setTimeout(20)
      expect(await process.catalog.sweeper.sweep()).toMatchObject({ expired: 1 })
    })
    await service('one', async (process) => {
      let outcome: string | undefined
      for (let i = 0; outcome === undefined && i < 100; i++) {
        await setTimeout(100)
        await process.catalog.sweeper.sweep()
        outcome = await process.work('render')
      }
      expect(outcome).toBe('accepted')
    })
    for (let i = 0; i < 2; i++) await service('one', async (process) => expect(await process.work('generate')).toBe('accepted'))
    await service('one', async (process) => {
      expect(await stateOf(process)).toBe('running')
      expect(await process.work('publish')).toBe('accepted')
      expect(await stateOf(process)).toBe('succeeded')
      await expectSameAsLocal(process)
    })
  })

  it('goes on from finished stages when a worker hands its task back, and makes again what was lost from the store', async () => {
    await service('two', async (process) => {
      await create(process)
      await process.work('inspect')
      await process.work('render')
      expect(await process.work('generate', { handBack: AbortSignal.abort() })).toBe('released')
      process.events.length = 0
      expect(await process.work('generate')).toBe('accepted')
      const reused = process.events.flatMap((event) => (event.kind === 'stage-finished' && event.reused ? [event.stage] : []))
      expect(reused).toEqual(expect.arrayContaining(['read source (front)', 'render hdmap (front)']))
      const { items } = await process.catalog.augmentations.tasks({ augmentation: 'a', stage: 'render', size: 1 })
      const hdmap = items[0]?.outputs['conditions/hdmap.mp4']
      rmSync(join(root, 'two', 'store', 'blobs', hdmap.sha256.slice(0, 2), hdmap.sha256))
      rmSync(join(root, 'two', 'store', 'entries', 'stages'), { recursive: true })
      process.events.length = 0
      expect(await process.work('generate')).toBe('accepted')
      const made = process.events.flatMap((event) => (event.kind === 'stage-finished' && !event.reused ? [event.stage] : []))
      expect(made).toContain('render hdmap (front)')
      expect(await process.work('publish')).toBe('accepted')
      await expectSameAsLocal(process)
    })
  })
})
