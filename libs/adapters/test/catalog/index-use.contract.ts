import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CatalogUnderTest } from './under-test.ts'

const many = 100_000

/** With 10^5 tasks no hot question reads a table from end to end. */
export function indexUse(name: string, open: () => Promise<CatalogUnderTest>): void {
  describe(`Catalog with ${many} tasks: ${name}`, () => {
    let under: CatalogUnderTest
    beforeAll(async () => {
      under = await open()
      await under.reset()
      await fill(under, name)
    })
    afterAll(() => under.close())

    it('reads no large table from end to end, whatever workers, relays and sweepers ask', async () => {
      const { work, sweeper, outbox, augmentations } = under.catalog
      const asked = await under.statements(async () => {
        const tasks = [
          ...['a', 'b', 'c', 'd'].map((key) => ({ key, stage: 'inspect' as const, input: null })),
          { key: 'e', stage: 'inspect' as const, needs: ['a'], input: null },
        ]
        await augmentations.create({ id: 'small', tenant: 't2', requestId: 'r', scenario: 's', spec: null, timeoutMs: 1e6, tasks })
        await augmentations.create({ id: 'small', tenant: 't2', requestId: 'r', scenario: 's', spec: null, timeoutMs: 1e6, tasks })
        await work.claim({ stage: 'render', worker: 'w', leaseMs: 1000, limit: 10 })
        const [a, b, c, d] = (await work.claim({ stage: 'inspect', worker: 'w', leaseMs: 1000, limit: 4 })).map(({ lease }) => lease)
        for (const lease of [a, b, c, d]) await work.heartbeat(lease, 1000)
        const variant = { key: 'v', camera: 'front', attributes: null, files: { video: { sha256: '0', size: 1 } } }
        await work.complete(a, { outputs: { x: { sha256: '1', size: 1 } }, variants: [variant] })
        await work.complete(a, {})
        await work.fail(b, { reason: 'VIRGA_UNAVAILABLE', message: 'x', metadata: {} })
        await work.fail(c, { reason: 'VIRGA_BAD_INPUT', message: 'x', metadata: {} })
        await work.release(d)
        await sweeper.sweep()
        await outbox.published((await outbox.take({ limit: 100, holdMs: 1000 })).map(({ seq }) => seq))
        await augmentations.get('t2', 'small')
        await augmentations.list({ tenant: 't1', size: 50 })
        await augmentations.list({ tenant: 't1', size: 50, states: ['running'] })
        await augmentations.tasks({ augmentation: 'small', size: 50 })
        await augmentations.variants({ augmentation: 'small', size: 50 })
        await augmentations.cancel('t2', 'small')
        await augmentations.remove('t2', 'small')
      })
      const texts = new Map(asked.filter(({ sql }) => /^(select|update|delete|with)/.test(sql)).map((one) => [one.sql, one]))
      expect(texts.size).toBeGreaterThan(25)
      for (const { sql, parameters } of texts.values()) {
        const plan = await planOf(under, name, sql, parameters)
        expect(plan, `${sql}\n${plan}`).not.toMatch(
          /Seq Scan on (tasks|attempts|task_needs|augmentations)|\bSCAN (tasks|attempts|task_needs|augmentations)\b(?! USING)/,
        )
      }
    })

    it('claims at the same cost as with few, also beyond a long queue that a limit holds back', async () => {
      await under.catalog.augmentations.setTenantLimit('t1', 0)
      await under.catalog.augmentations.create({
        id: 'alone',
        tenant: 't2',
        scenario: 's',
        spec: null,
        tasks: [{ key: 'k', stage: 'render', input: null }],
      })
      const begun = process.cpuUsage()
      for (let i = 0; i < 20; i++) {
        const [task] = await under.catalog.work.claim({ stage: 'render', worker: 'w', leaseMs: 1000 })
        expect(task?.tenant).toBe('t2')
        if (task !== undefined) await under.catalog.work.release(task.lease)
      }
      const { user, system } = process.cpuUsage(begun)
      expect((user + system) / 1e6).toBeLessThan(2)
    })
  })
}

async function fill(under: CatalogUnderTest, name: string): Promise<void> {
  const series =
    name === 'SQLite'
      ? `(with recursive s(i) as (select 0 union all select i + 1 from s where i < ${many - 1}) select i from s)`
      : `(select generate_series(0, ${many - 1}) as i)`
  await under.catalog.augmentations.setTenantLimit('t1', undefined)
  // A hundred tasks an augmentation. The parentheses count: the databases do not agree on which operator binds tighter.
  const of = `('x' || ((i / 100) * 100))`
  await under.rows(`insert into tasks (id, augmentation_id, key, tenant, stage, priority, state, pending, failures, max_failures, fence, lease_until, retry_at,
      announced_at, input, created_at, updated_at)
    select ${of} || '/k' || i, ${of}, 'k' || i, 't1', 'render', 1,
      case when i % 10 = 0 then 'done' when i % 500 = 1 then 'running' when i % 500 = 2 then 'delayed' else 'ready' end,
      0, 0, 5, 0, case when i % 500 = 1 then 10000000 + i end, case when i % 500 = 2 then 10000000 + i end, 1000000, 'null', 1000000, 1000000 from ${series} as s`)
  await under.rows(`insert into task_needs select ${of} || '/k' || (i + 1), ${of} || '/k' || i, ${of} from ${series} as s where i % 4 = 0`)
  await under.rows(
    `insert into attempts (task_id, fence, augmentation_id, worker, started_at, outcome) select ${of} || '/k' || i, 0, ${of}, 'w', 1, 'done' from ${series} as s where i % 5 = 0`,
  )
  await under.rows(`insert into augmentations (id, tenant, request_id, scenario, spec, labels, priority, state, open_tasks, created_at, deadline_at, revision)
    select 'x' || i, 't1', 'r' || i, 's', 'null', '{}', 1, 'running', 1, 1, 10000000 + i, 1 from ${series} as s where i % 20 = 0`)
  await under.rows('analyze')
}

async function planOf(under: CatalogUnderTest, name: string, sql: string, parameters: readonly unknown[]): Promise<string> {
  if (name === 'SQLite')
    return (await under.rows<{ detail: string }>(`explain query plan ${sql}`, parameters)).map(({ detail }) => detail).join('\n')
  return (await under.rows<Record<string, string>>(`explain ${sql}`, parameters)).map((row) => row['QUERY PLAN']).join('\n')
}
