import { setTimeout as sleep } from 'node:timers/promises'
import type { TaskSpec } from '@virga/catalog'
import { eventsTopic, headerText, taskTopics } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { type Perform, runRelay, runSweeper, runWorker } from '@virga/orchestration'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lasting, type LoopsUnderTest, openLoops } from './loops-under-test.ts'

describe('loops', () => {
  let under: LoopsUnderTest
  beforeEach(async () => void (under = await openLoops()))
  afterEach(() => under.close())

  const create = (id: string, tasks: readonly TaskSpec[]) =>
    under.catalog.augmentations.create({ id, tenant: 'team', scenario: 'road', spec: null, tasks })
  const renders = (count: number): TaskSpec[] => Array.from({ length: count }, (_, i) => ({ key: `t${i}`, stage: 'render', input: i }))
  const worker = (name: string, perform: Perform, more: Partial<Parameters<typeof runWorker>[0]> = {}) => {
    const { catalog, bus, stop, onEvent } = under
    const options = { work: catalog.work, bus, stages: ['render' as const], worker: name, concurrency: 8, pollMs: 300 }
    return under.run(runWorker({ ...options, perform, signal: stop.signal, onEvent, ...more }))
  }
  const relay = () => {
    const { catalog, bus, stop, onEvent } = under
    return under.run(runRelay({ outbox: catalog.outbox, deadLetters: catalog.deadLetters, bus, signal: stop.signal, onEvent }))
  }
  const sweeper = (everyMs = 50) =>
    under.run(runSweeper({ sweeper: under.catalog.sweeper, everyMs, signal: under.stop.signal, onEvent: under.onEvent }))
  const stateOf = async (id: string) => (await under.catalog.augmentations.get('team', id))?.state
  const attemptsOf = async (id: string) =>
    (await under.catalog.augmentations.tasks({ augmentation: id, size: 1000 })).items.flatMap(({ attempts }) => attempts)

  it('does 300 tasks exactly once while one worker is told to end and another one dies', async () => {
    const { catalog } = under
    // A worker that took ten tasks and was never heard of again.
    await create('job', renders(300))
    expect(await catalog.work.claim({ stage: 'render', worker: 'dead', leaseMs: 300, limit: 10 })).toHaveLength(10)
    void relay()
    void sweeper()
    const ended = new AbortController()
    let begun = 0
    const leaving = worker('leaving', (_, { signal }) => lasting(begun++ < 20 ? 5 : 60_000, signal).then(() => ({})), {
      signal: ended.signal,
    })
    await expect.poll(() => begun, { timeout: 5000 }).toBe(28)
    void worker('staying', (_, { signal }) => lasting(5, signal).then(() => ({})))
    ended.abort()
    await leaving
    await expect.poll(() => stateOf('job'), { timeout: 20_000 }).toBe('succeeded')
    const attempts = await attemptsOf('job')
    expect(attempts.filter(({ outcome }) => outcome === 'done')).toHaveLength(300)
    expect(attempts.filter(({ worker: name, outcome }) => name === 'dead' && outcome === 'expired')).toHaveLength(10)
    // Handing back counts no failure, and nothing is held on to.
    expect(attempts.filter(({ worker: name, outcome }) => name === 'leaving' && outcome === 'released')).toHaveLength(8)
    expect(attempts.filter(({ outcome }) => outcome === 'running' || outcome === 'failed')).toHaveLength(0)
    const told = under.events.flatMap((event) => (event.kind === 'ended' && event.outcome === 'accepted' ? [event.task] : []))
    expect([told.length, new Set(told).size]).toEqual([300, 300])
  })

  it('starts a task within moments of its creation', async () => {
    void worker('w', async () => ({}), { pollMs: 60_000 })
    void relay()
    await sleep(200)
    const begun = performance.now()
    await create('job', renders(1))
    await expect.poll(() => stateOf('job'), { interval: 5, timeout: 5000 }).toBe('succeeded')
    expect(performance.now() - begun).toBeLessThan(2000)
  })

  it('finds tasks without any hint by looking now and then', async () => {
    void worker('w', async () => ({}), { pollMs: 50, bus: undefined })
    await create('job', renders(20))
    await expect.poll(() => stateOf('job'), { timeout: 5000 }).toBe('succeeded')
  })

  it('never runs more than its slots, and takes no hints while it is full', async () => {
    let [running, most] = [0, 0]
    void worker(
      'w',
      async (_, { signal }) => {
        most = Math.max(most, ++running)
        await lasting(10, signal)
        running--
        return {}
      },
      { concurrency: 3, pollMs: 60_000 },
    )
    void relay()
    await create('job', renders(40))
    await expect.poll(() => stateOf('job'), { timeout: 5000 }).toBe('succeeded')
    expect(most).toBe(3)
  })

  it('takes tasks of a lower class behind those of a higher one, without waiting for the next look', async () => {
    const { augmentations } = under.catalog
    const job = { tenant: 'team', scenario: 'road', spec: null }
    await augmentations.create({ ...job, id: 'low', priority: 'bulk', tasks: renders(3) })
    await augmentations.create({ ...job, id: 'high', priority: 'interactive', tasks: renders(3) })
    const order: string[] = []
    void worker('w', async ({ augmentation }) => (order.push(augmentation), {}), { pollMs: 60_000 })
    await expect.poll(() => order, { timeout: 5000 }).toEqual(['high', 'high', 'high', 'low', 'low', 'low'])
  })

  it('tells a running task that it was cancelled', async () => {
    const stopped: string[] = []
    const perform: Perform = async ({ key }, { signal }) => {
      signal.addEventListener('abort', () => stopped.push(key))
      await lasting(60_000, signal)
      return {}
    }
    void worker('w', perform, { leaseMs: 150 })
    await create('job', renders(1))
    await expect.poll(() => stateOf('job'), { timeout: 5000 }).toBe('running')
    await under.catalog.augmentations.cancel('team', 'job')
    await expect.poll(() => stateOf('job'), { timeout: 5000 }).toBe('cancelled')
    expect(stopped).toEqual(['t0'])
    expect((await attemptsOf('job')).map(({ outcome }) => outcome)).toEqual(['cancelled'])
  })

  it('waits for a catalog that is away, with the result of a finished task in hand', async () => {
    let performed = 0
    void worker('w', async (_, { signal }) => {
      performed++
      await lasting(100, signal)
      under.away.catalog = true
      setTimeout(() => (under.away.catalog = false), 600)
      return {}
    })
    void sweeper()
    void relay()
    await create('job', renders(1))
    await expect.poll(() => performed, { timeout: 5000 }).toBe(1)
    await sleep(700)
    await expect.poll(() => stateOf('job').catch(() => 'away'), { timeout: 5000 }).toBe('succeeded')
    expect(performed).toBe(1)
    expect(under.events.some(({ kind }) => kind === 'trouble')).toBe(true)
  })

  it('loses no note while the broker is away, and keeps their order', async () => {
    const { bus, away } = under
    const seen: { id?: string; text: string }[] = []
    await bus.consume({
      ...{ group: 'outsider', topics: [eventsTopic.name] },
      onRecord: async ({ headers, value }) => void seen.push({ id: headerText(headers?.ce_id), text: String(value) }),
    })
    away.bus = true
    void relay()
    await create('job', renders(5))
    void worker('w', async () => ({}), { pollMs: 50 })
    await expect.poll(() => stateOf('job'), { timeout: 5000 }).toBe('succeeded')
    expect(seen).toEqual([])
    away.bus = false
    await expect.poll(() => seen.some(({ text }) => text.includes('"succeeded"')), { timeout: 8000 }).toBe(true)
    const events = seen.map(({ text }) => JSON.parse(text) as { kind: string; state: string; task?: string })
    const states = (task: string) => events.filter((event) => event.task?.endsWith(task) === true).map(({ state }) => state)
    for (let i = 0; i < 5; i++) expect(states(`/t${i}`)).toEqual(['ready', 'running', 'done'])
    expect(events.filter(({ kind }) => kind === 'augmentation').map(({ state }) => state)).toEqual(['queued', 'running', 'succeeded'])
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length)
  })

  it('retries what passes, gives bad input up at once, and tells of it', async () => {
    let tries = 0
    void worker('w', async ({ key }) => {
      if (key === 't0') throw new VirgaError('VIRGA_BAD_INPUT', 'no such pose', { file: 'poses.feather' })
      if (++tries < 3) throw new VirgaError('VIRGA_DEVICE', 'lost')
      return {}
    })
    void sweeper(20)
    await create('job', renders(2))
    await expect.poll(() => stateOf('job'), { timeout: 8000 }).toBe('failed')
    await expect.poll(() => tries, { timeout: 8000 }).toBe(3)
    const letters = (await under.catalog.deadLetters.list({ size: 10 })).items
    expect(letters.map(({ task, reason }) => [task, reason])).toEqual([['job/t0', 'VIRGA_BAD_INPUT']])
    expect(under.events.filter(({ kind }) => kind === 'dead-letter')).toMatchObject([{ reason: 'VIRGA_BAD_INPUT' }])
  })

  it('fails a task whose new tasks are no graph instead of holding it until its lease runs out', async () => {
    void worker('w', async () => ({ tasks: [{ key: 'x', stage: 'render', needs: ['nowhere'], input: null }] }))
    await create('job', renders(1))
    await expect.poll(() => stateOf('job'), { timeout: 5000 }).toBe('failed')
    expect((await under.catalog.deadLetters.list({ size: 1 })).items).toMatchObject([{ task: 'job/t0', reason: 'VIRGA_BAD_INPUT' }])
  })

  it('does tasks that a task has made, over several stages', async () => {
    const done: string[] = []
    const perform: Perform = async ({ key, stage }) => {
      done.push(key)
      if (stage !== 'inspect') return {}
      const tasks: TaskSpec[] = [
        { key: 'render.a', stage: 'render', input: null },
        { key: 'generate.a', stage: 'generate', needs: ['render.a'], input: null },
        { key: 'publish', stage: 'publish', needs: ['generate.a'], input: null },
      ]
      return { tasks }
    }
    void worker('orchestrator', perform, { stages: ['inspect', 'publish'], pollMs: 60_000 })
    void worker('renderer', perform, { stages: ['render'], pollMs: 60_000 })
    void worker('generator', perform, { stages: ['generate'], pollMs: 60_000 })
    void relay()
    await create('job', [{ key: 'inspect', stage: 'inspect', input: null }])
    await expect.poll(() => stateOf('job'), { timeout: 8000 }).toBe('succeeded')
    expect(done).toEqual(['inspect', 'render.a', 'generate.a', 'publish'])
  })

  it('buries a hint that it cannot read and goes on', async () => {
    const { bus, catalog } = under
    void worker('w', async () => ({}), { pollMs: 60_000, deadLetters: catalog.deadLetters })
    void relay()
    const topic = taskTopics.render.name
    await bus.publish([{ topic, key: 'k', value: Buffer.from('{"schema":"virga.task/9"}'), headers: {} }])
    await expect.poll(async () => (await catalog.deadLetters.list({ size: 5 })).items.length, { timeout: 5000 }).toBe(1)
    expect((await catalog.deadLetters.list({ size: 5 })).items[0]).toMatchObject({ reason: 'VIRGA_FUTURE_VERSION' })
    await create('job', renders(1))
    await expect.poll(() => stateOf('job'), { timeout: 5000 }).toBe('succeeded')
  })
})
