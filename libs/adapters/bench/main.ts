/**
 * How many tasks a second go through the catalog: created in one augmentation, then claimed one by one and completed by several workers of
 * one process. Prints `<case> <adapter> <figure> <value>`.
 *
 *   node tools/run.mjs libs/adapters/bench/main.ts [tasks, default 2000]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Catalog } from '@virga/catalog'
import { openPostgresCatalog, openSqliteCatalog } from '../src/catalog/index.ts'
import { startPostgres } from '../test/catalog/start-postgres.ts'

const count = Number(process.argv[2] ?? 2000)
const tell = (what: string, adapter: string, figure: string, value: number) =>
  process.stdout.write(`${what} ${adapter} ${figure} ${value.toFixed(1)}\n`)

async function timed(work: () => Promise<unknown>): Promise<{ seconds: number; cpuSeconds: number }> {
  const [begun, cpu] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { seconds: (performance.now() - begun) / 1000, cpuSeconds: (user + system) / 1e6 }
}

async function bench(adapter: string, catalog: Catalog, workers: number, statements: () => number): Promise<void> {
  // Twenty tasks an augmentation, as cameras x weathers give.
  const created = await timed(async () => {
    for (let i = 0; i < count / 20; i++) {
      const tasks = Array.from({ length: 20 }, (_, k) => ({ key: `k${k}`, stage: 'generate' as const, input: { i, k } }))
      await catalog.augmentations.create({ id: `${adapter}-${i}`, tenant: 't1', scenario: 's', spec: null, tasks })
    }
  })
  tell('create', adapter, 'tasks-per-second', count / created.seconds)
  const before = statements()
  let done = 0
  const run = await timed(() =>
    Promise.all(
      Array.from({ length: workers }, async (_, w) => {
        for (;;) {
          const [task] = await catalog.work.claim({ stage: 'generate', worker: `w${w}`, leaseMs: 30_000 })
          if (task === undefined) return
          await catalog.work.complete(task.lease, {})
          done += 1
        }
      }),
    ),
  )
  tell('claim-and-complete', adapter, 'tasks-per-second', done / run.seconds)
  tell('claim-and-complete', adapter, 'cpu-ms-per-task', (1000 * run.cpuSeconds) / done)
  tell('claim-and-complete', adapter, 'statements-per-task', (statements() - before) / done)
}

let statements = 0
const onQuery = () => void statements++
const folder = mkdtempSync(join(tmpdir(), 'virga-bench-'))
const sqlite = await openSqliteCatalog(join(folder, 'catalog.sqlite'), { onQuery })
await bench('sqlite', sqlite, 1, () => statements)
await sqlite.close()
rmSync(folder, { recursive: true, force: true })

const server = await startPostgres()
if (typeof server === 'string') process.stdout.write(`postgres: ${server}\n`)
else {
  const postgres = await openPostgresCatalog(server.url, { onQuery })
  await bench('postgres', postgres, 8, () => statements)
  await postgres.close()
  await server.stop()
}
