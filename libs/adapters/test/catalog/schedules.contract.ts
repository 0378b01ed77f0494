import { type Catalog, type ClaimedTask, failureOf, type TaskSpec } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import { seededRandom } from '@virga/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CatalogUnderTest } from './under-test.ts'

const schedules = Number(process.env.VIRGA_SCHEDULES ?? 8)
const steps = 120
const leaseMs = 1000
const away = failureOf(new VirgaError('VIRGA_UNAVAILABLE', 'no answer'))
const blob = (n: number) => ({ sha256: n.toString(16).padStart(64, '0'), size: n })

interface Accepted {
  readonly task: string
  readonly fence: number
}

/**
 * Random schedules of workers that claim, beat, stall past their lease, come back, fail, hand back and die, with sweeps and the clock in
 * between, two steps at a time on two clients. Whatever the order: a task has one holder, its end is accepted once and from the newest
 * fence alone, and all of them come to an end once the trouble stops.
 */
export function randomSchedules(name: string, open: () => Promise<CatalogUnderTest>): void {
  describe(`Catalog under random schedules: ${name}`, () => {
    let under: CatalogUnderTest
    beforeAll(async () => {
      under = await open()
    })
    afterAll(() => under.close())

    it.each(Array.from({ length: schedules }, (_, seed) => seed))('loses nothing and does nothing twice, seed %i', async (seed) => {
      const random = seededRandom(seed, 77)
      await under.reset()
      const clients = [under.catalog, under.other]
      const tasks = randomGraph(random)
      await under.catalog.augmentations.setTenantLimit('t1', 3)
      await under.catalog.augmentations.create({ id: 'a1', tenant: 't1', scenario: 's', spec: null, tasks })
      await under.catalog.augmentations.create({ id: 'a2', tenant: 't2', scenario: 's', spec: null, tasks: randomGraph(random) })
      const held: ClaimedTask[] = []
      const accepted: Accepted[] = []
      for (let step = 0; step < steps; step++) {
        await Promise.all(clients.map((client) => act(client, under, random, held, accepted)))
        await invariants(under)
      }
      // The trouble stops: every worker that is left does its work.
      for (let round = 0; round < 200; round++) {
        await under.advance(60_000)
        await under.catalog.sweeper.sweep()
        const claimed = await under.catalog.work.claim({ stage: 'render', worker: 'last', leaseMs, limit: 10 })
        for (const task of claimed) await finish(under.catalog, task, accepted)
        const open = await under.rows(`select id from tasks where state not in ('done', 'dead', 'cancelled')`)
        if (open.length === 0) break
      }
      for (const { lease } of held) {
        const { outcome } = await under.other.work.complete(lease, {})
        const own = accepted.some(({ task, fence }) => task === lease.task && fence === lease.fence)
        expect(outcome, `${lease.task} fence ${lease.fence}`).toBe(own ? 'accepted' : 'lost')
      }
      await invariants(under)
      const rows = await under.rows<{ id: string; state: string; fence: number; outputs: string }>(
        `select id, state, fence, outputs from tasks`,
      )
      expect(rows.map(({ state }) => state)).toEqual(rows.map(() => 'done'))
      expect(accepted.map(({ task }) => task).sort()).toEqual(rows.map(({ id }) => id).sort())
      for (const { task, fence } of accepted) {
        const row = rows.find(({ id }) => id === task)
        expect([Number(row?.fence), JSON.parse(row?.outputs ?? '{}')]).toEqual([fence, { out: blob(fence) }])
      }
      const states = await under.rows<{ state: string }>('select state from augmentations')
      expect(states.map(({ state }) => state)).toEqual(['succeeded', 'succeeded'])
      const ends = (await under.catalog.outbox.take({ limit: 100_000, holdMs: 1 }))
        .map(({ note }) => note)
        .filter((note) => note.kind === 'task' && note.state === 'done')
        .map((note) => ({ task: 'task' in note ? note.task : '' }))
      expect(ends.map(({ task }) => task).sort()).toEqual(rows.map(({ id }) => id).sort())
    })
  })
}

/** Tasks that need some of those before them, and never die of failures. */
function randomGraph(random: ReturnType<typeof seededRandom>): TaskSpec[] {
  return Array.from({ length: 4 + random.below(9) }, (_, i) => {
    const needs = Array.from({ length: i }, (_, j) => `k${j}`).filter(() => random.below(4) === 0)
    return { key: `k${i}`, stage: 'render', needs, input: i, maxFailures: 1_000_000 }
  })
}

async function act(
  client: Catalog,
  under: CatalogUnderTest,
  random: ReturnType<typeof seededRandom>,
  held: ClaimedTask[],
  accepted: Accepted[],
): Promise<void> {
  const kind = random.below(12)
  if (kind <= 3) {
    held.push(...(await client.work.claim({ stage: 'render', worker: `w${random.below(5)}`, leaseMs, limit: 1 + random.below(3) })))
    return
  }
  if (kind === 4) return under.advance(random.below(leaseMs))
  if (kind === 5) return void (await client.sweeper.sweep())
  // A worker does something with a task that it holds, or held once: stale workers stay in the list.
  const task = held[random.below(held.length)]
  if (task === undefined) return
  if (kind <= 7) return finish(client, task, accepted)
  if (kind === 8) return void (await client.work.fail(task.lease, away))
  if (kind === 9) return void (await client.work.release(task.lease))
  if (kind === 10) return void (await client.work.heartbeat(task.lease, leaseMs))
  held.splice(held.indexOf(task), 1) // killed: never heard of again
}

async function finish(client: Catalog, { lease }: ClaimedTask, accepted: Accepted[]): Promise<void> {
  const before = accepted.some(({ task, fence }) => task === lease.task && fence === lease.fence)
  const { outcome } = await client.work.complete(lease, { outputs: { out: blob(lease.fence) } })
  if (outcome === 'accepted' && !before && !accepted.some(({ task, fence }) => task === lease.task && fence === lease.fence))
    accepted.push(lease)
}

async function invariants(under: CatalogUnderTest): Promise<void> {
  const broken = await under.rows(`
    select 'two attempts under way' as what, task_id as id from attempts where outcome = 'running' group by task_id having count(*) > 1
    union all select 'running without attempt', id from tasks t where state = 'running'
      and not exists (select 1 from attempts a where a.task_id = t.id and a.fence = t.fence and a.outcome = 'running')
    union all select 'attempt without running task', task_id from attempts a where outcome = 'running'
      and not exists (select 1 from tasks t where t.id = a.task_id and t.fence = a.fence and t.state = 'running')
    union all select 'done twice', task_id from attempts where outcome = 'done' group by task_id having count(*) > 1
    union all select 'open tasks miscounted', id from augmentations g where open_tasks <>
      (select count(*) from tasks t where t.augmentation_id = g.id and t.state not in ('done', 'dead', 'cancelled'))
    union all select 'needs miscounted', id from tasks t where state = 'blocked' and pending <>
      (select count(*) from task_needs n join tasks d on d.id = n.needs_id where n.task_id = t.id and d.state <> 'done')
    union all select 'began before its needs', id from tasks t where state in ('ready', 'running', 'delayed', 'done')
      and exists (select 1 from task_needs n join tasks d on d.id = n.needs_id where n.task_id = t.id and d.state <> 'done')
    union all select 'above its limit', tenant from tasks where state = 'running' and tenant = 't1' group by tenant having count(*) > 3`)
  expect(broken).toEqual([])
}
