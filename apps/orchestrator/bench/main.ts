/**
 * What the services themselves cost: tasks that do nothing through create -> outbox -> topic -> claim -> complete, on a real Kafka and PostgreSQL
 * (fsync on), which it starts and stops; relay, sweeper, worker and client in this one process. Then the time from create to claim while a
 * hundred tasks a second come in. The same on the embedded adapters. Prints `<case> <adapter> <figure> <value>`.
 *
 *   node tools/run.mjs apps/orchestrator/bench/main.ts [tasks, default 20000] [seconds at 100 a second, default 20] [stack|embedded|all]
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openPostgresCatalog, openSqliteCatalog } from '@virga/adapters/catalog'
import { openInProcessBus } from '@virga/adapters/in-process'
import { applyTopics, openKafkaBus } from '@virga/adapters/kafka'
import type { Catalog } from '@virga/catalog'
import { type MessageBus, type Perform, runRelay, runSweeper, runWorker } from '@virga/orchestration'
import { startStack } from '../../../deploy/local/stack.ts'
import { cpuSecondsOf } from './cpu-of.ts'

const tasks = Number(process.argv[2] ?? 20_000)
const seconds = Number(process.argv[3] ?? 20)
const which = process.argv[4] ?? 'all'
const perSecond = 100
/** Twenty tasks an augmentation, as cameras x weathers give. */
const tasksEach = 20
const creators = 8
let statements = 0
const onQuery = () => void statements++

interface Bench {
  readonly name: string
  readonly catalog: Catalog
  readonly bus: MessageBus
  /** CPU seconds so far, by server. */
  readonly servers: Readonly<Record<string, () => number>>
}

const tell = (what: string, bench: Bench, figure: string, value: number) =>
  process.stdout.write(`${what} ${bench.name} ${figure} ${value.toFixed(3)}\n`)

/** Runs the loops of the services in this process while `work` goes on. */
async function withLoops(bench: Bench, perform: Perform, work: () => Promise<void>): Promise<void> {
  const { catalog, bus } = bench
  const stop = new AbortController()
  const { signal } = stop
  const loops = [
    runRelay({ outbox: catalog.outbox, bus, deadLetters: catalog.deadLetters, signal }),
    runSweeper({ sweeper: catalog.sweeper, everyMs: 1000, signal }),
    ...[1, 2].map((n) =>
      runWorker({
        work: catalog.work,
        bus,
        stages: ['generate'],
        worker: `w${n}`,
        concurrency: 128,
        leaseMs: 30_000,
        pollMs: 5000,
        perform,
        signal,
      }),
    ),
  ]
  try {
    await work()
  } finally {
    stop.abort()
    await Promise.all(loops)
  }
}

const create = ({ catalog }: Bench, id: string, count: number) =>
  catalog.augmentations.create({
    ...{ id, tenant: 'bench', scenario: 'drive', spec: null },
    tasks: Array.from({ length: count }, (_, k) => ({ key: `k${k}`, stage: 'generate', input: { k } })),
  })

async function throughput(bench: Bench): Promise<void> {
  let done = 0
  const all = Promise.withResolvers<undefined>()
  const perform: Perform = async () => {
    if (++done === tasks) setTimeout(() => all.resolve(undefined), 0)
    return {}
  }
  await withLoops(bench, perform, async () => {
    await sleep(3000) // until the consumers have joined
    const [begun, cpu, before] = [performance.now(), process.cpuUsage(), statements]
    const servers = Object.entries(bench.servers).map(([name, now]) => ({ name, now, was: now() }))
    let next = 0
    const creator = async () => {
      for (let i = next++; i < tasks / tasksEach; i = next++) await create(bench, `many-${i}`, tasksEach)
    }
    await Promise.all(Array.from({ length: creators }, creator))
    await all.promise
    const wallMs = performance.now() - begun
    const { user, system } = process.cpuUsage(cpu)
    tell('throughput', bench, 'tasks_per_s', (1000 * tasks) / wallMs)
    tell('throughput', bench, 'statements_per_task', (statements - before) / tasks)
    tell('throughput', bench, 'node_cpu_ms_per_task', (user + system) / 1000 / tasks)
    for (const { name, now, was } of servers) tell('throughput', bench, `${name}_cpu_ms_per_task`, (1000 * (now() - was)) / tasks)
  })
}

async function latency(bench: Bench): Promise<void> {
  const asked = new Map<string, number>()
  const waits: number[] = []
  const perform: Perform = async ({ augmentation }) => {
    waits.push(performance.now() - (asked.get(augmentation) ?? NaN))
    return {}
  }
  await withLoops(bench, perform, async () => {
    await sleep(3000)
    const begun = performance.now()
    const creating: Promise<unknown>[] = []
    const count = seconds * perSecond
    for (let i = 0; i < count; i++) {
      await sleep(Math.max(0, begun + (i * 1000) / perSecond - performance.now()))
      asked.set(`one-${i}`, performance.now())
      creating.push(create(bench, `one-${i}`, 1))
    }
    await Promise.all(creating)
    for (let tries = 0; waits.length < count && tries < 600; tries++) await sleep(100)
    if (waits.length !== count) throw new Error(`${waits.length} of ${count} tasks were claimed`)
    waits.sort((a, b) => a - b)
    const at = (share: number) => waits[Math.min(waits.length - 1, Math.floor(share * waits.length))] ?? NaN
    tell(`latency-${perSecond}-per-s`, bench, 'create_to_claim_p50_ms', at(0.5))
    tell(`latency-${perSecond}-per-s`, bench, 'create_to_claim_p99_ms', at(0.99))
    tell(`latency-${perSecond}-per-s`, bench, 'create_to_claim_max_ms', at(1))
  })
}

async function run(bench: Bench): Promise<void> {
  try {
    await throughput(bench)
    await latency(bench)
  } finally {
    await bench.bus.close()
    await bench.catalog.close()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'virga-bench-'))
chmodSync(folder, 0o755) // PostgreSQL started by root runs as another user, who has to reach its data below
process.stdout.write(`# ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${tasks} tasks, ${tasksEach} an augmentation\n`)
try {
  if (which !== 'embedded') {
    const stack = await startStack({ folder: join(folder, 'stack'), only: ['kafka', 'postgres'] })
    try {
      const brokers = [(stack.env.VIRGA_BUS ?? '').replace('kafka://', '')]
      await applyTopics({ brokers })
      await run({
        name: 'kafka+postgres',
        catalog: await openPostgresCatalog(stack.env.VIRGA_CATALOG ?? '', { onQuery }),
        bus: openKafkaBus({ brokers }),
        servers: { postgres: () => cpuSecondsOf(stack.postgres.pid), kafka: () => cpuSecondsOf(stack.kafka.pid) },
      })
    } finally {
      await stack.stop()
    }
  }
  if (which !== 'stack') {
    await run({
      name: 'embedded',
      catalog: await openSqliteCatalog(join(folder, 'catalog.sqlite'), { onQuery }),
      bus: openInProcessBus(),
      servers: {},
    })
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)
