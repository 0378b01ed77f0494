import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { AugmentationService } from '@virga/contracts'
import { realStack } from '@virga/testing/stack'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { refusal } from '../../apps/gateway/test/gateway.ts'
import { allAugmentations, allPages } from './support/audit.ts'
import { eventually } from './support/eventually.ts'
import type { Supervised } from './support/supervised.ts'
import { idOf, lookOf, startSystem, type System, tenant } from './support/system.ts'

const possible = await realStack('kafka', 'minio', 'postgres')
const whole = { done: 5, lost: [], doubled: [] }

describe.skipIf(typeof possible === 'string')('what happens to services', () => {
  let system: System
  const workers: Supervised[] = []
  const worker = (name: string, env: Record<string, string>, preload?: string): Supervised => {
    const started = system.worker(name, env, preload)
    workers.push(started)
    return started
  }
  beforeAll(async () => {
    system = await startSystem('service-faults')
    await system.orchestrator('orchestrator').waitReady()
  })
  afterEach(() => Promise.all(workers.splice(0).map((one) => one.kill())))
  afterAll(() => system.stop())

  it('makes one augmentation of a request that is sent again, by gRPC or topic, and refuses another one under its id', async () => {
    worker('worker', {})
    const requestId = randomUUID()
    const made = await system.make({}, requestId)
    expect((await system.make({}, requestId)).name).toBe(made.name)
    const refused = await refusal(system.make({ variants: [lookOf('fog', 'day')] }, requestId))
    expect(refused).toMatchObject({ status: 6, reason: 'VIRGA_ALREADY_EXISTS' })
    expect(refused.message).toContain('variants')

    const record = (key: string, weather: string) => ({
      topic: 'virga.requests.v1',
      key,
      headers: {},
      value: Buffer.from(
        JSON.stringify({
          schema: 'virga.request/1',
          requestId: key,
          tenant,
          augmentation: {
            scenario: 'scenarios/drive',
            cameras: ['front'],
            variants: [{ look: { weather, lighting: 'night' } }, { look: { weather: 'snow', lighting: 'day' } }],
            generation: { frames: 17 },
          },
        }),
      ),
    })
    const twice = randomUUID()
    await system.backends.bus.publish([record(requestId, 'rain'), record(twice, 'rain'), record(twice, 'rain'), record(twice, 'fog')])
    const letter = await eventually('the dead letter', async () => {
      const { items } = await system.backends.catalog.deadLetters.list({ size: 10 })
      return items.length > 0 && items
    })
    expect(letter).toHaveLength(1)
    expect(letter[0]).toMatchObject({ reason: 'VIRGA_ALREADY_EXISTS' })
    expect(Buffer.from(letter[0]?.payload ?? [])).toEqual(record(twice, 'fog').value)
    const all = await allAugmentations(system.backends.catalog.augmentations, tenant)
    expect(all.map((one) => one.requestId).sort()).toEqual([requestId, twice].sort())
    for (const { id } of all) {
      expect(await system.ended(`augmentations/${id}`)).toMatchObject({ state: 'succeeded' })
      expect(await system.audit(`augmentations/${id}`)).toMatchObject({ ...whole, attempts: 5 })
    }
  })

  it('takes nothing from a worker that was paused past its lease and goes on', async () => {
    const slow = worker('paused', { VIRGA_SMALL_TASK_MS: '3000', VIRGA_SMALL_LEASE_MS: '1000' })
    const { name } = await system.make()
    const held = await system.running(name, 'render')
    await slow.kill('SIGSTOP')
    worker('other', { VIRGA_SMALL_TASK_MS: '50', VIRGA_SMALL_LEASE_MS: '1000' })
    await system.ended(name)
    await slow.kill('SIGCONT')
    // It hears that the task is another's.
    await eventually('the paused worker gives the task up', () =>
      Promise.resolve(slow.log().includes(`"task":"${held.id}","outcome":"lost"`)),
    )
    const again = (await system.tasks(name)).find(({ id }) => id === held.id)
    expect(again?.attempts.map(({ outcome }) => outcome)).toEqual(['expired', 'done'])
    expect(await system.audit(name)).toMatchObject({ ...whole, attempts: 6, expired: 1 })
  })

  it('holds leases of workers whose clocks are 30 s ahead and behind', async () => {
    const skewed = Object.entries({ ahead: '30000', behind: '-30000' }).map(([name, shift]) => {
      const env = { VIRGA_CLOCK_SHIFT_MS: shift, VIRGA_SMALL_CONCURRENCY: '1', VIRGA_SMALL_LEASE_MS: '800', VIRGA_SMALL_TASK_MS: '1500' }
      return worker(name, env, 'clock-shift.ts')
    })
    await Promise.all(skewed.map((one) => one.waitReady()))
    const names = (await Promise.all([system.make(), system.make()])).map(({ name }) => name)
    for (const name of names) {
      expect(await system.ended(name)).toMatchObject({ state: 'succeeded' })
      expect(await system.audit(name)).toMatchObject({ ...whole, attempts: 5, expired: 0 })
    }
    const tries = (await Promise.all(names.map((name) => system.tasks(name)))).flat().flatMap(({ attempts }) => attempts)
    expect(new Set(tries.map((one) => one.worker)).size).toBe(3) // both of them, and the orchestrator
  })

  it('does each task once while workers come and go, so that the topics are shared out anew', async () => {
    const env = { VIRGA_SMALL_TASK_MS: '1200', VIRGA_SMALL_CONCURRENCY: '2' }
    const first = worker('first', env)
    const names = (await Promise.all([system.make(), system.make(), system.make()])).map(({ name }) => name)
    await system.running(names[0] ?? '', 'render')
    await worker('second', env).waitReady()
    await first.kill('SIGTERM')
    worker('third', env)
    for (const name of names) {
      expect(await system.ended(name)).toMatchObject({ state: 'succeeded' })
      expect(await system.audit(name)).toMatchObject({ ...whole, expired: 0, failed: 0 })
    }
  })

  it('reaches a running task when it is cancelled, and when its time is over', async () => {
    const slow = worker('slow', { VIRGA_SMALL_TASK_MS: '60000', VIRGA_SMALL_LEASE_MS: '2000' })
    const { name } = await system.make()
    await system.running(name, 'render')
    const asked = performance.now()
    await system.client.unary(AugmentationService.method.cancelAugmentation, { name })
    expect(await system.ended(name, 10_000)).toMatchObject({ state: 'cancelled' })
    expect(performance.now() - asked).toBeLessThan(6000)
    expect(new Set((await system.tasks(name)).slice(1).map(({ state }) => state))).toEqual(new Set(['cancelled']))

    const late = await system.make({ timeout: { seconds: 3n } })
    await system.running(late.name, 'render')
    expect(await system.ended(late.name, 15_000)).toMatchObject({ state: 'failed', failure: { reason: 'VIRGA_DEADLINE' } })
    const told = await system.client.unary(AugmentationService.method.getAugmentation, { name: late.name })
    expect(told.failure).toMatchObject({ reason: 'VIRGA_DEADLINE' })
    expect(slow.pid).toBeDefined()
    const { augmentations } = system.backends.catalog
    expect(await allPages((after) => augmentations.variants({ augmentation: idOf(name), tenant, size: 10, ...after }))).toEqual([])
  })

  it('runs no more tasks of a tenant than it may, the urgent ones first', async () => {
    const { augmentations } = system.backends.catalog
    await augmentations.setTenantLimit(tenant, 1)
    try {
      const bulk = await Promise.all([system.make({ priority: 1 }), system.make({ priority: 1 })])
      await sleep(300)
      const urgent = await system.make({ priority: 3 })
      worker('worker', { VIRGA_SMALL_TASK_MS: '150', VIRGA_SMALL_CONCURRENCY: '8' })
      worker('another', { VIRGA_SMALL_TASK_MS: '150', VIRGA_SMALL_CONCURRENCY: '8' })
      const names = [...bulk, urgent].map(({ name }) => name)
      const ended = await Promise.all(names.map((name) => system.ended(name)))
      const [one, two, first] = ended.map(({ endedAt = 0 }) => endedAt)
      expect(first).toBeLessThan(Math.min(one ?? 0, two ?? 0))
      const spans = (await Promise.all(names.map((name) => system.tasks(name)))).flat().flatMap(({ attempts }) => attempts)
      const most = Math.max(
        ...spans.map(({ startedAt }) => spans.filter((s) => s.startedAt <= startedAt && startedAt < (s.endedAt ?? 0)).length),
      )
      expect(most).toBe(1)
    } finally {
      await augmentations.setTenantLimit(tenant, undefined)
    }
  })
})

if (typeof possible === 'string') it('needs servers', (test) => test.skip(possible))
