import {
  failureOf,
  type Catalog,
  type ClaimedTask,
  type NewAugmentation,
  type Note,
  type OutboxEntry,
  runClaimed,
  type TaskSpec,
} from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CatalogUnderTest } from './under-test.ts'

const leaseMs = 10_000
const failure = (...of: ConstructorParameters<typeof VirgaError>) => failureOf(new VirgaError(...of))
const away = failure('VIRGA_UNAVAILABLE', 'the object store does not answer')
const bad = failure('VIRGA_BAD_INPUT', 'pose is not finite', { file: 'poses.feather', record: 7 })
const blob = (n: number) => ({ sha256: n.toString(16).padStart(64, '0'), size: n })
const render = (key: string, ...needs: string[]): TaskSpec => ({ key, stage: 'render', needs, input: { camera: key } })
const generate = (key: string, ...needs: string[]): TaskSpec => ({ key, stage: 'generate', needs, input: { variant: key } })

function asked(id: string, tasks: readonly TaskSpec[], more: Partial<NewAugmentation> = {}): NewAugmentation {
  return { id, tenant: 't1', scenario: 'scenarios/s1', spec: { cameras: ['front'] }, tasks, ...more }
}

/** What every catalog must do, whatever it is kept in. Time stands still but where a test moves it. */
export function catalogContract(name: string, open: () => Promise<CatalogUnderTest>): void {
  describe(`Catalog contract: ${name}`, () => {
    let under: CatalogUnderTest
    let catalog: Catalog
    let other: Catalog
    const claim = (stage: 'render' | 'generate' = 'render', limit = 1, of = catalog) =>
      of.work.claim({ stage, worker: 'w1', leaseMs, limit })
    async function claimOne(stage: 'render' | 'generate' = 'render', of = catalog): Promise<ClaimedTask> {
      const [task] = await claim(stage, 1, of)
      if (task === undefined) throw new Error(`nothing to claim for ${stage}`)
      return task
    }
    const get = async (id: string, tenant = 't1') => {
      const found = await other.augmentations.get(tenant, id)
      if (found === undefined) throw new Error(`no augmentation ${id}`)
      return found
    }
    const tasksOf = async (id: string) => (await other.augmentations.tasks({ augmentation: id, size: 100 })).items
    const states = async (id: string) => Object.fromEntries((await tasksOf(id)).map(({ key, state }) => [key, state]))
    const notes = async (): Promise<Note[]> => (await other.outbox.take({ limit: 1000, holdMs: 60_000 })).map(({ note }) => note)

    beforeAll(async () => {
      under = await open()
      ;({ catalog, other } = under)
    })
    beforeEach(() => under.reset())
    afterAll(() => under.close())

    it('makes an augmentation once, however often the request comes', async () => {
      const request = asked('a1', [render('front')], { requestId: 'r1', labels: { campaign: 'winter' } })
      const all = await Promise.all([catalog, other, catalog, other].map((one, i) => one.augmentations.create({ ...request, id: `a${i}` })))
      expect(all.map(({ outcome }) => outcome).sort()).toEqual(['created', 'existing', 'existing', 'existing'])
      expect(new Set(all.map((one) => ('augmentation' in one ? one.augmentation.id : ''))).size).toBe(1)
      expect(await catalog.augmentations.create({ ...request, scenario: 'scenarios/s2', priority: 'bulk' })).toEqual({
        outcome: 'conflict',
        differs: ['scenario', 'priority'],
      })
      expect((await catalog.augmentations.create({ ...request, id: 'b1', tenant: 't2' })).outcome).toBe('created')
      expect(await catalog.augmentations.create(asked('b1', []))).toEqual({ outcome: 'conflict', differs: ['id'] })
      expect(await under.rows('select * from tasks')).toHaveLength(2)
    })

    it('keeps the tenants apart', async () => {
      await catalog.augmentations.create(asked('a1', [render('front')]))
      expect(await catalog.augmentations.get('t2', 'a1')).toBeUndefined()
      await expect(catalog.augmentations.cancel('t2', 'a1')).rejects.toMatchObject({ code: 'VIRGA_NOT_FOUND' })
      await expect(catalog.augmentations.remove('t2', 'a1')).rejects.toMatchObject({ code: 'VIRGA_NOT_FOUND' })
      expect((await catalog.augmentations.list({ tenant: 't2', size: 10 })).items).toEqual([])
    })

    it('refuses tasks that are no graph, and keeps nothing of the request', async () => {
      await expect(catalog.augmentations.create(asked('a1', [render('a', 'b'), render('b', 'a')]))).rejects.toMatchObject({
        code: 'VIRGA_BAD_INPUT',
      })
      expect(await catalog.augmentations.get('t1', 'a1')).toBeUndefined()
      expect(await notes()).toEqual([])
    })

    it('takes tasks through a graph to the end, and tells of every step', async () => {
      await catalog.augmentations.create(asked('a1', [render('front'), render('rear'), generate('rain', 'front', 'rear')]))
      expect(await states('a1')).toEqual({ front: 'ready', rear: 'ready', rain: 'blocked' })
      expect(await claim('generate')).toEqual([])
      const [front, rear] = await claim('render', 5)
      expect(front).toMatchObject({
        key: 'front',
        tenant: 't1',
        stage: 'render',
        input: { camera: 'front' },
        failures: 0,
        lease: { task: 'a1/front', fence: 1 },
      })
      expect(await get('a1')).toMatchObject({ state: 'running', startedAt: expect.any(Number) as number })
      expect(await catalog.work.complete(front.lease, { outputs: { hdmap: blob(1) } })).toEqual({ outcome: 'accepted' })
      expect(await claim('generate')).toEqual([])
      expect(await other.work.complete(rear.lease, {})).toEqual({ outcome: 'accepted' })
      const rain = await claimOne('generate', other)
      const variant = {
        key: 'front.rain',
        camera: 'front',
        attributes: { seed: 4 },
        files: { 'video.mp4': blob(2), 'manifest.json': blob(3) },
      }
      expect(await other.work.complete(rain.lease, { variants: [variant] })).toEqual({ outcome: 'accepted' })
      expect(await get('a1')).toMatchObject({
        state: 'succeeded',
        endedAt: expect.any(Number) as number,
        taskCounts: { done: 3, ready: 0, running: 0 },
      })
      expect((await catalog.augmentations.variants({ augmentation: 'a1', size: 10 })).items).toMatchObject([
        { ...variant, augmentation: 'a1' },
      ])
      const [first] = await tasksOf('a1')
      expect(first).toMatchObject({ outputs: { hdmap: blob(1) }, attempts: [{ fence: 1, worker: 'w1', outcome: 'done' }], needs: [] })
      expect((await tasksOf('a1'))[2]?.needs).toEqual(['front', 'rear'])
      const told = (await notes()).map((note) =>
        'task' in note
          ? `${note.kind} ${note.task} ${'state' in note ? note.state : ''}`.trim()
          : `${note.kind} ${'state' in note ? note.state : ''}`.trim(),
      )
      expect(told).toEqual([
        ...['augmentation queued', 'task a1/front ready', 'task-ready a1/front', 'task a1/rear ready', 'task-ready a1/rear'],
        ...['augmentation running', 'task a1/front running', 'task a1/rear running', 'task a1/front done', 'task a1/rear done'],
        ...['task a1/rain ready', 'task-ready a1/rain', 'task a1/rain running', 'task a1/rain done', 'variant', 'augmentation succeeded'],
      ])
    })

    it('makes further tasks together with the end of one', async () => {
      await catalog.augmentations.create(asked('a1', [render('inspect')]))
      const inspect = await claimOne()
      await expect(catalog.work.complete(inspect.lease, { tasks: [render('x', 'nowhere')] })).rejects.toMatchObject({
        code: 'VIRGA_BAD_INPUT',
      })
      expect(await states('a1')).toEqual({ inspect: 'running' })
      await catalog.work.complete(inspect.lease, { tasks: [render('front'), generate('rain', 'front')] })
      expect(await states('a1')).toEqual({ inspect: 'done', front: 'ready', rain: 'blocked' })
      expect(await get('a1')).toMatchObject({ state: 'running' })
    })

    it('gives a task to one worker only, however many ask at once', async () => {
      const keys = Array.from({ length: 20 }, (_, i) => `k${i}`)
      await catalog.augmentations.create(
        asked(
          'a1',
          keys.map((key) => render(key)),
        ),
      )
      const claimed = (await Promise.all(Array.from({ length: 30 }, (_, i) => claim('render', 1, i % 2 === 0 ? catalog : other)))).flat()
      expect(claimed.map(({ key }) => key).sort()).toEqual([...keys].sort())
    })

    it('keeps a lease by heartbeats and takes it away when they stay out', async () => {
      await catalog.augmentations.create(asked('a1', [render('front')]))
      const first = await claimOne()
      await under.advance(9_000)
      expect(await catalog.work.heartbeat(first.lease, leaseMs)).toEqual({ outcome: 'held', cancel: false })
      await under.advance(9_000)
      expect(await other.sweeper.sweep()).toMatchObject({ expired: 0 })
      await under.advance(2_000)
      expect(await Promise.all([catalog.sweeper.sweep(), other.sweeper.sweep()]).then((both) => both[0].expired + both[1].expired)).toBe(1)
      expect(await catalog.work.heartbeat(first.lease, leaseMs)).toEqual({ outcome: 'lost' })
      await catalog.sweeper.sweep()
      const second = await claimOne('render', other)
      expect(second).toMatchObject({ lease: { task: 'a1/front', fence: 2 }, failures: 1 })
      // The first worker wakes up: nothing that it does has an effect.
      expect(await catalog.work.complete(first.lease, { outputs: { hdmap: blob(1) } })).toEqual({ outcome: 'lost' })
      expect(await catalog.work.fail(first.lease, bad)).toEqual({ outcome: 'lost' })
      expect(await catalog.work.release(first.lease)).toEqual({ outcome: 'lost' })
      expect(await states('a1')).toEqual({ front: 'running' })
      expect(await other.work.complete(second.lease, { outputs: { hdmap: blob(2) } })).toEqual({ outcome: 'accepted' })
      expect((await tasksOf('a1'))[0]).toMatchObject({
        outputs: { hdmap: blob(2) },
        attempts: [{ outcome: 'expired' }, { outcome: 'done' }],
      })
    })

    it('takes the result of a worker that was late but whose lease nobody took away', async () => {
      await catalog.augmentations.create(asked('a1', [render('front')]))
      const task = await claimOne()
      await under.advance(60_000)
      expect(await catalog.work.complete(task.lease, {})).toEqual({ outcome: 'accepted' })
      expect(await catalog.sweeper.sweep()).toMatchObject({ expired: 0 })
    })

    it('accepts the same end again, for a worker whose answer was lost', async () => {
      await catalog.augmentations.create(asked('a1', [render('front'), generate('rain', 'front')]))
      const { lease } = await claimOne()
      expect(await catalog.work.complete(lease, {})).toEqual({ outcome: 'accepted' })
      const { revision } = await get('a1')
      expect(await catalog.work.complete(lease, {})).toEqual({ outcome: 'accepted' })
      expect(await get('a1')).toMatchObject({ revision })
    })

    it('tries again with growing back-off, and gives up at the bound with a dead letter', async () => {
      await catalog.augmentations.create(
        asked('a1', [{ ...render('front'), maxFailures: 3 }, generate('rain', 'front'), generate('snow', 'rain'), render('rear')]),
      )
      for (const delayMs of [1000, 2000]) {
        const { lease } = await claimOne()
        expect(await catalog.work.fail(lease, away)).toEqual({ outcome: 'retry', delayMs })
        await under.advance(delayMs - 1)
        expect(await catalog.sweeper.sweep()).toMatchObject({ woken: 0 })
        await under.advance(1)
        expect(await catalog.sweeper.sweep()).toMatchObject({ woken: 1 })
      }
      const { lease } = await claimOne()
      expect(await catalog.work.fail(lease, away)).toEqual({ outcome: 'dead' })
      expect(await states('a1')).toEqual({ front: 'dead', rain: 'cancelled', snow: 'cancelled', rear: 'ready' })
      expect(await get('a1')).toMatchObject({ state: 'running', failure: away })
      await catalog.work.complete((await claimOne()).lease, {})
      expect(await get('a1')).toMatchObject({ state: 'failed', taskCounts: { done: 1, dead: 1, cancelled: 2 } })
      const { items } = await catalog.deadLetters.list({ size: 10 })
      expect(items).toMatchObject([{ task: 'a1/front', tenant: 't1', reason: 'VIRGA_UNAVAILABLE', message: away.message }])
      expect(JSON.parse(Buffer.from(items[0]?.payload ?? []).toString())).toEqual({ camera: 'front' })
    })

    it('never tries bad input again', async () => {
      await catalog.augmentations.create(asked('a1', [render('front')]))
      expect(await catalog.work.fail((await claimOne()).lease, bad)).toEqual({ outcome: 'dead' })
      expect(await get('a1')).toMatchObject({ state: 'failed', failure: bad })
    })

    it('gives a dead task another life on redrive, with all that was cancelled for it', async () => {
      await catalog.augmentations.create(
        asked('a1', [render('front'), render('rear'), generate('rain', 'front'), generate('both', 'front', 'rear')]),
      )
      const [front, rear] = await claim('render', 2)
      await catalog.work.fail(front.lease, bad)
      await catalog.work.fail(rear.lease, bad)
      expect(await get('a1')).toMatchObject({ state: 'failed' })
      const letters = (await catalog.deadLetters.list({ size: 10 })).items
      const letterOf = (task: string) => letters.find((letter) => letter.task === task)?.id ?? ''
      expect(await catalog.deadLetters.redrive(letterOf('a1/front'))).toMatchObject({ redrivenAt: expect.any(Number) as number })
      await other.deadLetters.redrive(letterOf('a1/front'))
      expect(await states('a1')).toEqual({ front: 'ready', rear: 'dead', rain: 'blocked', both: 'cancelled' })
      await catalog.work.complete((await claimOne()).lease, {})
      await catalog.work.complete((await claimOne('generate')).lease, {})
      expect(await get('a1')).toMatchObject({ state: 'failed' })
      await catalog.deadLetters.redrive(letterOf('a1/rear'))
      expect(await states('a1')).toEqual({ front: 'done', rear: 'ready', rain: 'done', both: 'blocked' })
      await catalog.work.complete((await claimOne()).lease, {})
      await catalog.work.complete((await claimOne('generate')).lease, {})
      expect(await get('a1')).toMatchObject({ state: 'succeeded' })
      expect((await get('a1')).failure).toBeUndefined()
      expect((await catalog.deadLetters.list({ size: 10 })).items).toEqual([])
      expect((await catalog.deadLetters.list({ size: 10, includeRedriven: true })).items).toHaveLength(2)
      await expect(catalog.deadLetters.redrive('999')).rejects.toMatchObject({ code: 'VIRGA_NOT_FOUND' })
    })

    it('keeps a record that could not be read, byte by byte and once', async () => {
      const payload = Uint8Array.from({ length: 256 }, (_, i) => i)
      const letter = {
        record: 'virga.requests.v1/3/17',
        reason: 'VIRGA_BAD_INPUT',
        message: 'no JSON',
        payload,
        headers: { a: 'b' },
      } as const
      const id = await catalog.deadLetters.add(letter)
      expect(await other.deadLetters.add(letter)).toBe(id)
      expect(await other.deadLetters.get(id)).toMatchObject(letter)
      expect((await other.deadLetters.redrive(id)).redrivenAt).toEqual(expect.any(Number))
    })

    it('hands a task back without counting a failure', async () => {
      await catalog.augmentations.create(asked('a1', [render('front')]))
      expect(await catalog.work.release((await claimOne()).lease)).toEqual({ outcome: 'released' })
      expect(await claimOne('render', other)).toMatchObject({ failures: 0, lease: { fence: 2 } })
    })

    it('cancels what has not begun at once and the rest by the next heartbeat', async () => {
      await catalog.augmentations.create(asked('a1', [render('front'), render('rear'), generate('rain', 'front')]))
      const { lease } = await claimOne()
      expect(await other.augmentations.cancel('t1', 'a1')).toMatchObject({ state: 'cancelling', taskCounts: { running: 1, cancelled: 2 } })
      expect(await other.augmentations.cancel('t1', 'a1')).toMatchObject({ state: 'cancelling' })
      expect(await claim()).toEqual([])
      expect(await catalog.work.heartbeat(lease, leaseMs)).toEqual({ outcome: 'held', cancel: true })
      expect(await catalog.work.complete(lease, { outputs: { hdmap: blob(1) } })).toEqual({ outcome: 'cancelled' })
      expect(await get('a1')).toMatchObject({ state: 'cancelled', taskCounts: { cancelled: 3 } })
      expect((await get('a1')).failure).toBeUndefined()
      expect(await other.augmentations.cancel('t1', 'a1')).toMatchObject({ state: 'cancelled' })
    })

    it('cancels a task whose worker has died', async () => {
      await catalog.augmentations.create(asked('a1', [render('front')]))
      await claimOne()
      await catalog.augmentations.cancel('t1', 'a1')
      await under.advance(leaseMs)
      await catalog.sweeper.sweep()
      expect(await get('a1')).toMatchObject({ state: 'cancelled' })
    })

    it('ends what is not done by its deadline', async () => {
      await catalog.augmentations.create(asked('a1', [render('front'), render('rear')], { timeoutMs: 60_000 }))
      await under.advance(55_000)
      const { lease } = await claimOne()
      await under.advance(4_999)
      expect(await catalog.sweeper.sweep()).toMatchObject({ timedOut: 0, expired: 0 })
      await under.advance(1)
      expect(await catalog.sweeper.sweep()).toMatchObject({ timedOut: 1 })
      expect(await catalog.work.heartbeat(lease, leaseMs)).toMatchObject({ cancel: true })
      await catalog.work.fail(lease, failure('VIRGA_CANCELLED', 'stopped'))
      expect(await get('a1')).toMatchObject({ state: 'failed', failure: { reason: 'VIRGA_DEADLINE' } })
    })

    it('takes the more urgent first, and among equals the older', async () => {
      await catalog.augmentations.create(asked('a1', [render('one'), render('two')], { priority: 'bulk' }))
      await catalog.augmentations.create(asked('a2', [render('three')], { priority: 'interactive', tenant: 't2' }))
      await catalog.augmentations.create(asked('a3', [render('four'), render('five')]))
      expect((await claim('render', 10)).map(({ key }) => key)).toEqual(['three'])
      expect((await claim('render', 10)).map(({ key }) => key)).toEqual(['four', 'five'])
      await catalog.augmentations.update('t1', 'a1', { priority: 'interactive' })
      expect((await claim('render', 1)).map(({ key, priority }) => [key, priority])).toEqual([['one', 'interactive']])
    })

    it('serves tenants in turn: a long queue of one does not keep the others waiting', async () => {
      await catalog.augmentations.create(
        asked(
          'a1',
          Array.from({ length: 50 }, (_, i) => render(`k${i}`)),
        ),
      )
      await catalog.augmentations.create(asked('a2', [render('x'), render('y')], { tenant: 't2' }))
      const order: string[] = []
      for (let i = 0; i < 4; i++) order.push((await claimOne()).tenant)
      expect(order).toEqual(['t1', 't2', 't1', 't2'])
    })

    it('holds the limit of a tenant, also when many claim at once, and gives its place to others', async () => {
      await catalog.augmentations.setTenantLimit('t1', 3)
      await catalog.augmentations.create(
        asked(
          'a1',
          Array.from({ length: 10 }, (_, i) => render(`k${i}`)),
          { priority: 'interactive' },
        ),
      )
      await catalog.augmentations.create(asked('a2', [render('x')], { tenant: 't2', priority: 'bulk' }))
      const claimed = (await Promise.all(Array.from({ length: 8 }, (_, i) => claim('render', 2, i % 2 === 0 ? catalog : other)))).flat()
      expect(claimed.filter(({ tenant }) => tenant === 't1')).toHaveLength(3)
      expect(claimed.filter(({ tenant }) => tenant === 't2').length + (await claim('render', 5)).length).toBe(1)
      await catalog.work.complete((claimed.find(({ tenant }) => tenant === 't1') as ClaimedTask).lease, {})
      expect(await claim('render', 5)).toHaveLength(1)
      await catalog.augmentations.setTenantLimit('t1', undefined)
      expect(await claim('render', 50)).toHaveLength(6)
    })

    it('gives the trace of a request with each of its tasks and notes', async () => {
      const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=b' }
      const request = asked('a1', [render('front'), generate('rain', 'front')], { requestId: 'r1', trace })
      await catalog.augmentations.create(request)
      await catalog.augmentations.create(asked('a2', [render('front')]))
      expect((await other.augmentations.create({ ...request, trace: {} })).outcome).toBe('existing')
      const [first, untraced] = await claim('render', 2)
      expect([first?.trace, untraced?.trace]).toEqual([trace, undefined])
      await under.advance(100_000)
      await catalog.sweeper.sweep() // the leases have run out: they wait for a while
      await under.advance(100_000)
      await catalog.sweeper.sweep() // they are ready again
      await under.advance(100_000)
      await catalog.sweeper.sweep() // and announced again
      await catalog.work.complete((await claimOne()).lease, { tasks: [render('rear')], variants: [] })
      expect((await claimOne('generate')).trace).toEqual(trace)
      await catalog.augmentations.cancel('t1', 'a1')
      const told = await notes()
      expect(told.filter(({ augmentation }) => augmentation === 'a1').map((note) => note.trace)).toEqual(
        told.filter(({ augmentation }) => augmentation === 'a1').map(() => trace),
      )
      expect(new Set(told.filter(({ augmentation }) => augmentation === 'a1').map(({ kind }) => kind))).toEqual(
        new Set(['augmentation', 'task', 'task-ready']),
      )
      expect(told.filter(({ augmentation }) => augmentation === 'a2').every((note) => !('trace' in note))).toBe(true)
    })

    it('announces again what nobody took', async () => {
      await catalog.augmentations.create(asked('a1', [render('front')]))
      await other.outbox.published((await other.outbox.take({ limit: 100, holdMs: 1000 })).map(({ seq }) => seq))
      await under.advance(29_999)
      expect(await catalog.sweeper.sweep()).toMatchObject({ announced: 0 })
      await under.advance(1)
      expect(await catalog.sweeper.sweep()).toMatchObject({ announced: 1 })
      expect(await notes()).toMatchObject([{ kind: 'task-ready', task: 'a1/front', stage: 'render', priority: 'normal' }])
    })

    it('gives notes to one relay at a time, again when it died, and forgets what was published', async () => {
      for (const id of ['a1', 'a2', 'a3']) await catalog.augmentations.create(asked(id, [render('a'), render('b')]))
      const taken: OutboxEntry[] = []
      for (let round = 0; round < 3; round++)
        taken.push(...(await Promise.all([catalog, other].map((one) => one.outbox.take({ limit: 3, holdMs: 5000 })))).flat())
      const seqs = taken.map(({ seq }) => seq).sort((a, b) => a - b)
      expect(new Set(seqs).size).toBe(15)
      expect(await catalog.outbox.take({ limit: 10, holdMs: 5000 })).toEqual([])
      // The notes of one change belong together: when some of them were not published, all of them come again.
      await catalog.outbox.published(seqs.slice(0, 7))
      await catalog.outbox.published([])
      await under.advance(5000)
      const again = await other.outbox.take({ limit: 100, holdMs: 5000 })
      expect(again.map(({ seq }) => seq)).toEqual(seqs.slice(5))
      expect(again.map(({ note }) => note.augmentation)).toEqual([...Array<string>(5).fill('a2'), ...Array<string>(5).fill('a3')])
      await other.outbox.published(again.map(({ seq }) => seq))
      expect(await under.rows('select * from outbox')).toEqual([])
    })

    it('ends many tasks in few statements, each for itself', async () => {
      const keys = Array.from({ length: 60 }, (_, i) => `k${i}`)
      await catalog.augmentations.create(asked('a1', [...keys.slice(0, 40).map((key) => render(key)), generate('both', 'k0', 'k1')]))
      await catalog.augmentations.create(
        asked(
          'a2',
          keys.slice(40).map((key) => render(key)),
        ),
      )
      await catalog.augmentations.create(asked('a3', [render('x')]))
      const held = await claim('render', 100)
      expect(held).toHaveLength(61)
      const leaseOf = (key: string) => held.find((task) => task.key === key)?.lease ?? { task: '', fence: 0 }
      await other.augmentations.cancel('t1', 'a3')
      await other.work.release(leaseOf('k7'))
      const { revision } = await get('a1')
      let ends: { outcome: string }[] = []
      const twin = { key: 'front.rain', camera: 'front', attributes: null, files: { 'video.mp4': blob(2) } }
      const resultOf = (key: string) => ({ outputs: { out: blob(1) }, ...(key < 'k2' ? { variants: [twin] } : {}) })
      const statements = await under.statements(async () => {
        ends = await Promise.all([
          ...held.map(({ lease, key }) => catalog.work.complete(lease, resultOf(key))),
          catalog.work.complete(leaseOf('k1'), {}),
          catalog.work
            .complete(leaseOf('k2'), { tasks: [render('more', 'nowhere')] })
            .catch((error: VirgaError) => ({ outcome: error.code })),
        ])
      })
      const outcomes = new Map(held.map(({ key }, i) => [key, ends[i]?.outcome]))
      expect([outcomes.get('x'), outcomes.get('k7'), outcomes.get('k1'), outcomes.get('k59')]).toEqual([
        'cancelled',
        'lost',
        'accepted',
        'accepted',
      ])
      expect(ends.slice(-2)).toEqual([{ outcome: 'accepted' }, { outcome: 'VIRGA_BAD_INPUT' }])
      expect(statements.length).toBeLessThan(25)
      expect(await get('a1')).toMatchObject({ state: 'running', revision: revision + 1, taskCounts: { done: 39, ready: 2 } })
      expect(await get('a2')).toMatchObject({ state: 'succeeded', taskCounts: { done: 20 } })
      expect(await get('a3')).toMatchObject({ state: 'cancelled' })
      expect(await states('a1')).toMatchObject({ k7: 'ready', both: 'ready' })
      expect((await catalog.augmentations.variants({ augmentation: 'a1', size: 9 })).items).toHaveLength(1)
    })

    it('does not let one bad end spoil those that come with it', async () => {
      await catalog.augmentations.create(
        asked(
          'a1',
          ['a', 'b', 'c'].map((key) => render(key)),
        ),
      )
      const [a, b, c] = await claim('render', 3)
      const ends = await Promise.allSettled([
        catalog.work.complete(a.lease, {}),
        catalog.work.complete(b.lease, { tasks: [render('a')] }), // a key that there is already
        catalog.work.complete(c.lease, {}),
      ])
      expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect(await states('a1')).toEqual({ a: 'done', b: 'running', c: 'done' })
    })

    it('refuses a change of what has changed, and removes only what has ended', async () => {
      await catalog.augmentations.create(asked('a1', [render('front')]))
      const { revision } = await get('a1')
      expect(await catalog.augmentations.update('t1', 'a1', { labels: { a: 'b' }, ifRevision: revision })).toMatchObject({
        labels: { a: 'b' },
      })
      await expect(catalog.augmentations.update('t1', 'a1', { labels: {}, ifRevision: revision })).rejects.toMatchObject({
        code: 'VIRGA_CONFLICT',
      })
      await expect(catalog.augmentations.remove('t1', 'a1')).rejects.toMatchObject({ code: 'VIRGA_WRONG_STATE' })
      const { lease } = await claimOne()
      await catalog.augmentations.remove('t1', 'a1', { force: true })
      expect(await catalog.augmentations.get('t1', 'a1')).toBeUndefined()
      expect(await catalog.work.heartbeat(lease, leaseMs)).toEqual({ outcome: 'lost' })
      expect(await catalog.work.complete(lease, {})).toEqual({ outcome: 'lost' })
      for (const table of ['tasks', 'attempts', 'task_needs']) expect(await under.rows(`select * from ${table}`)).toEqual([])
    })

    it('lists in pages without gaps', async () => {
      for (let i = 0; i < 7; i++) await catalog.augmentations.create(asked(`a${i}`, [], { scenario: `scenarios/s${i % 2}` }))
      const ids: string[] = []
      let after: string | undefined
      do {
        const page = await catalog.augmentations.list({
          tenant: 't1',
          size: 3,
          states: ['succeeded'],
          ...(after === undefined ? {} : { after }),
        })
        ids.push(...page.items.map(({ id }) => id))
        after = page.next
      } while (after !== undefined)
      expect(ids).toEqual(['a6', 'a5', 'a4', 'a3', 'a2', 'a1', 'a0'])
      const some = await catalog.augmentations.list({ tenant: 't1', size: 9, scenario: 'scenarios/s1', oldestFirst: true })
      expect(some.items.map(({ id }) => id)).toEqual(['a1', 'a3', 'a5'])
    })

    it('runs a task under its lease: result, failure, cancelling, hand-back and a lost lease', async () => {
      await catalog.augmentations.create(
        asked(
          'a1',
          ['done', 'bad', 'back', 'lost', 'stop'].map((key) => render(key)),
        ),
      )
      const fast = { heartbeatMs: 5 }
      const untilStopped = (_: ClaimedTask, signal: AbortSignal) =>
        new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))
      expect(await runClaimed(catalog.work, await claimOne(), async () => ({ outputs: {} }), fast)).toBe('accepted')
      expect(await runClaimed(catalog.work, await claimOne(), () => Promise.reject(new VirgaError('VIRGA_BAD_INPUT', 'x')), fast)).toBe(
        'dead',
      )
      expect(await runClaimed(catalog.work, await claimOne(), untilStopped, { ...fast, handBack: AbortSignal.timeout(20) })).toBe(
        'released',
      )
      const back = await claimOne()
      await catalog.work.complete(back.lease, {})
      const lost = await claimOne()
      await under.advance(leaseMs)
      await other.sweeper.sweep()
      expect(await runClaimed(catalog.work, lost, untilStopped, fast)).toBe('lost')
      const running = runClaimed(catalog.work, await claimOne(), untilStopped, fast)
      await other.augmentations.cancel('t1', 'a1')
      expect(await running).toBe('cancelled')
      expect(await states('a1')).toEqual({ done: 'done', bad: 'dead', back: 'done', lost: 'cancelled', stop: 'cancelled' })
    })
  })
}
