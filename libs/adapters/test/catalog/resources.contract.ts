import { type Catalog, failureOf, type NewScenario } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CatalogUnderTest } from './under-test.ts'

const blob = (n: number) => ({ sha256: n.toString(16).padStart(64, '0'), size: n })
const drive = (id: string, more: Partial<NewScenario> = {}): NewScenario => ({ id, tenant: 't1', uri: `s3://drives/${id}/`, ...more })
const one = { key: 'k', stage: 'inspect' as const, input: null }

/** Scenarios, variants and kept blobs, whatever the catalog is kept in. */
export function resourcesContract(name: string, open: () => Promise<CatalogUnderTest>): void {
  describe(`Catalog of scenarios, variants and blobs: ${name}`, () => {
    let under: CatalogUnderTest
    let catalog: Catalog
    let other: Catalog
    const kept = async (): Promise<string[]> => {
      const all: string[] = []
      for await (const digest of catalog.blobs.referenced()) all.push(digest)
      return all
    }
    const digests = (...numbers: number[]) => numbers.map((n) => blob(n).sha256)

    beforeAll(async () => {
      under = await open()
      ;({ catalog, other } = under)
    })
    beforeEach(() => under.reset())
    afterAll(() => under.close())

    it('registers a scenario once, however often the request comes', async () => {
      const request = drive('d', { requestId: 'r1', displayName: 'Downtown' })
      const all = await Promise.all([catalog, other, catalog, other].map((each, i) => each.scenarios.create({ ...request, id: `d${i}` })))
      expect(all.map(({ outcome }) => outcome).sort()).toEqual(['created', 'existing', 'existing', 'existing'])
      expect(new Set(all.map((each) => ('scenario' in each ? each.scenario.id : ''))).size).toBe(1)
      const changed = { ...request, uri: 's3://drives/x/', displayName: 'Uptown' }
      expect(await catalog.scenarios.create(changed)).toEqual({ outcome: 'conflict', differs: ['uri', 'display_name'] })
      const taken = all.map((each) => ('scenario' in each ? each.scenario.id : ''))[0] ?? ''
      expect(await catalog.scenarios.create(drive(taken))).toEqual({ outcome: 'conflict', differs: ['id'] })
      expect((await catalog.scenarios.create(drive(taken, { tenant: 't2' }))).outcome).toBe('created')
    })

    it('tells an upload that comes again by its files', async () => {
      const upload = drive('u1', { uri: 'upload://u1', requestId: 'r', manifest: blob(1), files: [blob(2)], state: 'ready' })
      expect((await catalog.scenarios.create(upload)).outcome).toBe('created')
      const again = { ...upload, id: 'u2', uri: 'upload://u2' }
      expect(await catalog.scenarios.create(again)).toMatchObject({ outcome: 'existing', scenario: { id: 'u1', state: 'ready' } })
      expect(await catalog.scenarios.create({ ...again, manifest: blob(3) })).toEqual({ outcome: 'conflict', differs: ['files'] })
    })

    it('keeps what was found in the log, and refuses a change of what has changed', async () => {
      await catalog.scenarios.create(drive('d'))
      const failure = failureOf(new VirgaError('VIRGA_BAD_INPUT', 'no poses', { file: 'poses.feather' }))
      expect(await catalog.scenarios.get('t1', 'd')).toMatchObject({
        state: 'checking',
        cameras: [],
        controls: [],
        displayName: '',
        revision: 1,
      })
      expect(await catalog.scenarios.update('t1', 'd', { state: 'failed', failure })).toMatchObject({
        state: 'failed',
        failure,
        revision: 2,
      })
      const found = {
        ...{
          format: 'argoverse2',
          licence: 'CC BY-NC-SA 4.0',
          sha256: blob(9).sha256,
          durationUs: 15_000_000,
          controls: ['hdmap', 'lidar'],
        },
        cameras: [{ name: 'ring_front_center', model: 'pinhole', width: 1550, height: 2048, hasVideo: true }],
      }
      const ready = await other.scenarios.update('t1', 'd', { ...found, state: 'ready', ifRevision: 2 })
      expect(ready).toMatchObject({ ...found, state: 'ready', revision: 3 })
      expect(ready.failure).toBeUndefined()
      expect(await catalog.scenarios.get('t1', 'd')).toEqual(ready)
      await expect(catalog.scenarios.update('t1', 'd', { state: 'checking', ifRevision: 2 })).rejects.toMatchObject({
        code: 'VIRGA_CONFLICT',
      })
      await expect(catalog.scenarios.update('t2', 'd', {})).rejects.toMatchObject({ code: 'VIRGA_NOT_FOUND' })
      expect(await catalog.scenarios.get('t2', 'd')).toBeUndefined()
    })

    it('lists scenarios in pages, by state, format and time', async () => {
      for (let i = 0; i < 7; i++) {
        const state = i % 2 === 0 ? 'ready' : 'checking'
        await catalog.scenarios.create(drive(`d${i}`, { state, format: i < 4 ? 'rds-hq' : 'argoverse2' }))
        await under.advance(1000)
      }
      const ids: string[] = []
      for (let after: string | undefined = ''; after !== undefined;) {
        const page = await catalog.scenarios.list({ tenant: 't1', size: 3, ...(after === '' ? {} : { after }) })
        ids.push(...page.items.map(({ id }) => id))
        after = page.next
      }
      expect(ids).toEqual(['d6', 'd5', 'd4', 'd3', 'd2', 'd1', 'd0'])
      const idsOf = async (query: Partial<Parameters<Catalog['scenarios']['list']>[0]>) =>
        (await catalog.scenarios.list({ tenant: 't1', size: 50, ...query })).items.map(({ id }) => id)
      expect(await idsOf({ states: ['ready'], format: 'rds-hq', oldestFirst: true })).toEqual(['d0', 'd2'])
      const { createdAt = 0 } = (await catalog.scenarios.get('t1', 'd2')) ?? {}
      expect(await idsOf({ createdFrom: createdAt, createdBefore: createdAt + 2000 })).toEqual(['d3', 'd2'])
      expect(await idsOf({ states: [] })).toEqual([])
      expect(await idsOf({ tenant: 't2' })).toEqual([])
    })

    it('removes a scenario only when no unfinished augmentation uses it', async () => {
      await catalog.scenarios.create(drive('d', { state: 'ready' }))
      await catalog.scenarios.create(drive('d', { tenant: 't2' }))
      await catalog.augmentations.create({ id: 'a1', tenant: 't1', scenario: 'd', spec: null, tasks: [one] })
      const refused = { code: 'VIRGA_WRONG_STATE', message: expect.stringContaining('a1') as string }
      await expect(catalog.scenarios.remove('t1', 'd')).rejects.toMatchObject(refused)
      await catalog.scenarios.remove('t2', 'd')
      await catalog.augmentations.cancel('t1', 'a1')
      await expect(catalog.scenarios.remove('t1', 'd', { ifRevision: 7 })).rejects.toMatchObject({ code: 'VIRGA_CONFLICT' })
      await catalog.scenarios.remove('t1', 'd', { ifRevision: 1 })
      expect(await catalog.scenarios.get('t1', 'd')).toBeUndefined()
      await expect(catalog.scenarios.remove('t1', 'd')).rejects.toMatchObject({ code: 'VIRGA_NOT_FOUND' })
    })

    it('makes no augmentation of a scenario that is being removed, or is not ready', async () => {
      const wanted = { tenant: 't1', scenario: 'd', spec: null, tasks: [one], registeredScenario: true }
      await expect(catalog.augmentations.create({ ...wanted, id: 'a0' })).rejects.toMatchObject({ code: 'VIRGA_NOT_FOUND' })
      await catalog.scenarios.create(drive('d'))
      await expect(catalog.augmentations.create({ ...wanted, id: 'a0' })).rejects.toMatchObject({ code: 'VIRGA_WRONG_STATE' })
      expect(await catalog.augmentations.get('t1', 'a0')).toBeUndefined()
      for (let round = 0; round < 10; round++) {
        await under.reset()
        await catalog.scenarios.create(drive('d', { state: 'ready' }))
        const [made, removed] = await Promise.allSettled([
          catalog.augmentations.create({ ...wanted, id: 'a1' }),
          other.scenarios.remove('t1', 'd'),
        ])
        expect([made.status, removed.status].sort()).toEqual(['fulfilled', 'rejected'])
      }
    })

    it('gives single tasks and variants, and the variants of a tenant by camera and look', async () => {
      const attributes = (weather: string) => ({ look: { weather, lighting: 'night' }, seed: 1 })
      for (const [id, tenant, weather] of [
        ['a1', 't1', 'rain'],
        ['a2', 't1', 'snow'],
        ['b1', 't2', 'rain'],
      ] as const) {
        const labels = { team: tenant, note: `it's "${weather}"` }
        await catalog.augmentations.create({ id, tenant, scenario: 'd', spec: { bundle: 'bundles/mini' }, labels, tasks: [one] })
        const [task] = await catalog.work.claim({ stage: 'inspect', worker: 'w', leaseMs: 1000, limit: 1 })
        const variants = ['front', 'rear'].map((camera) => ({ key: `${camera}.v`, camera, attributes: attributes(weather), files: {} }))
        await catalog.work.complete(task.lease, { variants })
      }
      const keys = async (query: Partial<Parameters<Catalog['augmentations']['variants']>[0]>) =>
        (await catalog.augmentations.variants({ tenant: 't1', size: 9, ...query })).items.map(
          ({ augmentation, key }) => `${augmentation}/${key}`,
        )
      expect(await keys({})).toEqual(['a1/front.v', 'a1/rear.v', 'a2/front.v', 'a2/rear.v'])
      expect(await keys({ camera: 'rear', weather: 'snow', lighting: 'night' })).toEqual(['a2/rear.v'])
      expect(await keys({ augmentation: 'a1', camera: 'front' })).toEqual(['a1/front.v'])
      expect(await keys({ augmentation: 'b1' })).toEqual([])
      expect(await keys({ weather: 'fog' })).toEqual([])
      const first = await catalog.augmentations.variants({ tenant: 't1', size: 3 })
      expect(
        (await catalog.augmentations.variants({ tenant: 't1', size: 3, after: first.next ?? '' })).items.map(({ key }) => key),
      ).toEqual(['rear.v'])
      expect(await catalog.augmentations.getVariant('t1', 'a2', 'rear.v')).toMatchObject({ camera: 'rear', attributes: attributes('snow') })
      expect(await catalog.augmentations.getVariant('t2', 'a2', 'rear.v')).toBeUndefined()
      expect(await catalog.augmentations.getTask('t1', 'a1', 'k')).toMatchObject({
        state: 'done',
        attempts: [{ outcome: 'done' }],
        needs: [],
      })
      expect(await catalog.augmentations.getTask('t2', 'a1', 'k')).toBeUndefined()
      const ids = async (query: Partial<Parameters<Catalog['augmentations']['list']>[0]>) =>
        (await catalog.augmentations.list({ tenant: 't1', size: 9, ...query })).items.map(({ id }) => id)
      expect(await ids({ bundle: 'mini', labels: { team: 't1', note: `it's "snow"` } })).toEqual(['a2'])
      expect(await ids({ bundle: 'bundles/mini' })).toEqual(['a2', 'a1'])
      expect(await ids({ bundle: 'other' })).toEqual([])
      expect(await ids({ labels: { team: 't2' } })).toEqual([])
      expect(await ids({ states: [] })).toEqual([])
    })

    it('tells which blobs are kept, each once and in order, and forgets the others', async () => {
      await catalog.scenarios.create(drive('d', { manifest: blob(50), files: [blob(7), blob(3)] }))
      await catalog.augmentations.create({ id: 'a1', tenant: 't1', scenario: 'd', spec: null, tasks: [one] })
      const [task] = await catalog.work.claim({ stage: 'inspect', worker: 'w', leaseMs: 1000 })
      const variant = { key: 'v', camera: 'c', attributes: null, files: { 'video.mp4': blob(9), 'manifest.json': blob(3) } }
      await catalog.work.complete(task.lease, { outputs: { plan: blob(8), again: blob(9) }, variants: [variant] })
      expect(await kept()).toEqual(digests(3, 7, 8, 9, 50))
      await catalog.scenarios.update('t1', 'd', { files: [blob(60)] })
      expect(await kept()).toEqual(digests(3, 8, 9, 50, 60))
      await catalog.blobs.forget(digests(3, 8))
      await catalog.augmentations.remove('t1', 'a1')
      await catalog.blobs.forget(digests(8))
      expect((await under.rows<{ sha256: string }>('select sha256 from blobs order by 1')).map(({ sha256 }) => sha256)).toEqual(
        digests(3, 9),
      )
      await catalog.scenarios.remove('t1', 'd')
      expect(await kept()).toEqual([])
    })

    it('reads kept blobs in pages', async () => {
      const files = Array.from({ length: 12_345 }, (_, i) => blob(i))
      await catalog.scenarios.create(drive('d1', { files }))
      await catalog.scenarios.create(drive('d2', { files: files.slice(5000) }))
      expect(await kept()).toEqual(files.map(({ sha256 }) => sha256))
    })

    it('takes over a catalog of the release before, with all that is in it', async () => {
      const note = JSON.stringify({ kind: 'augmentation', tenant: 't1', augmentation: 'a1', revision: 1, state: 'queued' })
      const upgraded = await under.upgraded(1, [
        `insert into tenants (tenant) values ('t1')`,
        `insert into augmentations (id, tenant, scenario, spec, labels, priority, state, open_tasks, created_at, revision)
          values ('a1', 't1', 'd', 'null', '{}', 1, 'queued', 1, 1, 1)`,
        `insert into tasks (id, augmentation_id, key, tenant, stage, priority, state, pending, failures, max_failures, fence, input, created_at, updated_at)
          values ('a1/k', 'a1', 'k', 't1', 'render', 1, 'ready', 0, 0, 5, 0, 'null', 1, 1)`,
        `insert into variants (augmentation_id, key, camera, attributes, files, created_at) values ('a1', 'v', 'front', 'null', '{}', 1)`,
        `insert into outbox (note, created_at, held_until) values ('${note}', 1, 0)`,
      ])
      expect((await upgraded.augmentations.variants({ tenant: 't1', size: 5 })).items).toMatchObject([{ key: 'v' }])
      expect((await upgraded.outbox.take({ limit: 5, holdMs: 1000 })).map((entry) => entry.note)).toEqual([JSON.parse(note)])
      const [task] = await upgraded.work.claim({ stage: 'render', worker: 'w', leaseMs: 1000 })
      expect(await upgraded.work.complete(task.lease, {})).toEqual({ outcome: 'accepted' })
      expect(await upgraded.augmentations.get('t1', 'a1')).toMatchObject({ state: 'succeeded' })
      expect((await upgraded.scenarios.create(drive('d'))).outcome).toBe('created')
      await upgraded.close()
    })
  })
}
