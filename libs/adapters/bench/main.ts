/**
 * How many no-op tasks a second go through the catalog: create -> outbox -> claim -> complete, by one process with several workers, the
 * topics left out. Then the cost of claim and complete while ever more tasks wait. Prints `<case> <database> <figure> <value>`.
 *
 *   node tools/run.mjs libs/adapters/bench/main.ts [tasks, default 20000] [sqlite|postgres|all] [waiting tasks, such as 1000,100000,1000000]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Catalog } from '@virga/catalog'
import { openPostgresCatalog, openSqliteCatalog } from '../src/catalog/index.ts'
import { startPostgres } from '../test/catalog/start-postgres.ts'
import { postgresCpuSeconds } from './postgres-cpu.ts'

const count = Number(process.argv[2] ?? 20_000)
const which = process.argv[3] ?? 'all'
const levels = (process.argv[4] ?? '').split(',').filter((text) => text !== '')
/** Twenty tasks an augmentation, as cameras x weathers give. */
const tasksEach = 20
let statements = 0
const onQuery = () => void statements++

interface Bench {
  readonly name: string
  readonly catalog: Catalog
  serverCpu(): number
}

async function measured(bench: Bench, what: string, work: () => Promise<number>): Promise<void> {
  const [begun, cpu, server, before] = [performance.now(), process.cpuUsage(), bench.serverCpu(), statements]
  const done = await work()
  const { user, system } = process.cpuUsage(cpu)
  const tell = (figure: string, value: number) => process.stdout.write(`${what} ${bench.name} ${figure} ${value.toFixed(3)}\n`)
  tell('tasks-per-second', (1000 * done) / (performance.now() - begun))
  tell('statements-per-task', (statements - before) / done)
  tell('client-cpu-ms-per-task', (user + system) / 1000 / done)
  tell('server-cpu-ms-per-task', (1000 * (bench.serverCpu() - server)) / done)
}

async function create(
  { catalog }: Bench,
  prefix: string,
  tasks: number,
  priority: 'bulk' | 'normal' = 'normal',
  each = tasksEach,
): Promise<number> {
  for (let i = 0; i < tasks / each; i++) {
    const specs = Array.from({ length: each }, (_, k) => ({ key: `k${k}`, stage: 'generate' as const, input: { i, k } }))
    await catalog.augmentations.create({ id: `${prefix}-${i}`, tenant: 't1', scenario: 's', spec: null, priority, tasks: specs })
  }
  return tasks
}

/** The relay: takes notes and forgets them, as if they had been published. */
async function relay({ catalog }: Bench, until: () => boolean): Promise<void> {
  for (;;) {
    const last = until()
    const entries = await catalog.outbox.take({ limit: 1000, holdMs: 30_000 })
    await catalog.outbox.published(entries.map(({ seq }) => seq))
    if (entries.length === 0 && last) return
    if (entries.length < 1000) await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Workers with so many slots each: claim what is free, end all of it. */
async function workOff({ catalog }: Bench, workers: number, slots: number, tasks: number): Promise<number> {
  let done = 0
  const worker = async (name: string) => {
    while (done < tasks) {
      const claimed = await catalog.work.claim({ stage: 'generate', worker: name, leaseMs: 30_000, limit: slots })
      if (claimed.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      await Promise.all(claimed.map(({ lease }) => catalog.work.complete(lease, { outputs: { out: { sha256: '0'.repeat(64), size: 1 } } })))
      done += claimed.length
    }
  }
  await Promise.all(Array.from({ length: workers }, (_, w) => worker(`w${w}`)))
  return done
}

async function run(bench: Bench, workers: number): Promise<void> {
  await measured(bench, 'create', () => create(bench, 'a', count))
  let over = false
  await measured(bench, 'relay', () => relay(bench, () => true).then(() => count))
  await measured(bench, 'claim-and-complete-32-slots', () => workOff(bench, workers, 32, count))
  await create(bench, 'b', 500)
  await measured(bench, 'claim-and-complete-1-slot', () => workOff(bench, 1, 1, 500))
  const relaying = relay(bench, () => over)
  await measured(bench, 'all-at-once', async () => {
    const creating = create(bench, 'c', count)
    await workOff(bench, workers, 32, count)
    await creating
    over = true
    await relaying
    return count
  })
  let waiting = 0
  for (const level of levels.map(Number)) {
    await create(bench, `w${level}`, level - waiting, 'bulk', 1000)
    waiting = level
    await create(bench, `x${level}`, 2000)
    await measured(bench, `claim-and-complete-with-${level}-waiting`, () => workOff(bench, workers, 32, 2000))
  }
}

if (which !== 'postgres') {
  const folder = mkdtempSync(join(tmpdir(), 'virga-bench-'))
  const catalog = await openSqliteCatalog(join(folder, 'catalog.sqlite'), { onQuery })
  await run({ name: 'sqlite', catalog, serverCpu: () => 0 }, 1)
  await catalog.close()
  rmSync(folder, { recursive: true, force: true })
}
if (which !== 'sqlite') {
  const server = await startPostgres()
  if (typeof server === 'string') process.stdout.write(`postgres: ${server}\n`)
  else {
    const catalog = await openPostgresCatalog(server.url, { onQuery })
    const serverCpu = await postgresCpuSeconds(server.url)
    await run({ name: 'postgres', catalog, serverCpu }, 2)
    await catalog.close()
    await server.stop()
  }
}
