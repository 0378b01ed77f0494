import type { ClaimedTask, ClaimRequest } from '@virga/catalog'
import type { Stage } from '@virga/contracts'
import { sql } from 'kysely'
import { augmentationNote, taskNotes, traceOfTask, writeNotes } from './notes.ts'
import { priorityName, tracePart } from './rows.ts'
import type { Db, TaskRow } from './schema.ts'
import type { Store } from './store.ts'

/** With the state of its augmentation, and the trace that it comes from. */
type TakenRow = TaskRow & { readonly of: string | null; readonly trace: string | null }

interface Candidate {
  readonly tenant: string
  readonly maxRunning: number | null
  readonly priority: number
}

/**
 * The most urgent ready tasks of a stage. Tenants are asked one by one, which makes the cost of a claim that of a few index look-ups per
 * tenant with ready tasks, however many tasks there are and however many of them a limit holds back.
 */
export async function claim(store: Store, request: ClaimRequest): Promise<ClaimedTask[]> {
  const { limit = 1, stage, leaseMs } = request
  return store.transaction(async (db) => {
    const waiting = await candidates(db, stage)
    const levels = [...new Set(waiting.map(({ priority }) => priority))].sort((a, b) => b - a)
    for (const level of levels) {
      const tenants = await fairestFirst(
        db,
        waiting.filter(({ priority }) => priority === level),
      )
      const taken: TakenRow[] = []
      for (const [i, tenant] of tenants.entries()) {
        const share = Math.ceil((limit - taken.length) / (tenants.length - i))
        const room = tenant.maxRunning === null ? share : Math.min(share, await roomOf(store, db, tenant.tenant))
        if (room > 0) taken.push(...(await take(store, db, { ...request, tenant: tenant.tenant, priority: level, room })))
      }
      if (taken.length === 0) continue
      taken.sort((a, b) => a.seq - b.seq)
      await noteBegin(store, db, taken, request.worker)
      return taken.map((row) => claimedOf(row, leaseMs))
    }
    return []
  })
}

/** Tenants that have ready tasks of the stage, with the class of their most urgent one. */
async function candidates(db: Db, stage: string): Promise<Candidate[]> {
  const rows = await db
    .selectFrom('tenants')
    .select(['tenants.tenant', 'tenants.max_running as maxRunning'])
    .select((eb) =>
      eb
        .selectFrom('tasks')
        .select('tasks.priority')
        .where(sql<boolean>`tasks.state = 'ready'`)
        .where('tasks.stage', '=', stage)
        .whereRef('tasks.tenant', '=', 'tenants.tenant')
        .orderBy('tasks.priority', 'desc')
        .limit(1)
        .as('priority'),
    )
    .execute()
  return rows.flatMap(({ priority, ...rest }) => (priority === null ? [] : [{ ...rest, priority }]))
}

async function fairestFirst(db: Db, tenants: readonly Candidate[]): Promise<Candidate[]> {
  if (tenants.length <= 1) return [...tenants]
  const counts = new Map(
    await running(
      db,
      tenants.map(({ tenant }) => tenant),
    ),
  )
  const of = ({ tenant }: Candidate) => counts.get(tenant) ?? 0
  return [...tenants].sort((a, b) => of(a) - of(b) || (a.tenant < b.tenant ? -1 : 1))
}

async function running(db: Db, tenants: readonly string[]): Promise<[tenant: string, count: number][]> {
  const rows = await db
    .selectFrom('tasks')
    .select(({ fn }) => ['tenant', fn.countAll<number>().as('count')])
    .where(sql<boolean>`state = 'running'`)
    .where('tenant', 'in', tenants)
    .groupBy('tenant')
    .execute()
  return rows.map(({ tenant, count }) => [tenant, Number(count)])
}

/** How many more tasks the tenant may run; its row stays locked, so that two claims cannot both take the last place. */
async function roomOf(store: Store, db: Db, tenant: string): Promise<number> {
  const row = db.selectFrom('tenants').select('max_running').where('tenant', '=', tenant)
  const limit = await (store.flavour.locksRows ? row.forUpdate() : row).executeTakeFirst()
  const most = limit?.max_running ?? null
  return most === null ? Number.MAX_SAFE_INTEGER : Math.max(most - ((await running(db, [tenant]))[0]?.[1] ?? 0), 0)
}

async function take(
  store: Store,
  db: Db,
  wanted: ClaimRequest & { readonly tenant: string; readonly priority: number; readonly room: number },
): Promise<TakenRow[]> {
  const { now, locksRows } = store.flavour
  const oldest = db
    .selectFrom('tasks')
    .select('seq')
    .where(sql<boolean>`state = 'ready'`)
    .where('stage', '=', wanted.stage)
    .where('tenant', '=', wanted.tenant)
    .where('priority', '=', wanted.priority)
    .orderBy('seq')
    .limit(wanted.room)
  return db
    .with('oldest', () => (locksRows ? oldest.forUpdate().skipLocked() : oldest))
    .updateTable('tasks')
    .set(({ eb }) => ({
      state: 'running',
      fence: eb('fence', '+', 1),
      worker: wanted.worker,
      lease_until: sql<number>`${now} + ${sql.lit(wholeMs(wanted.leaseMs))}`,
      updated_at: now,
    }))
    .where('seq', 'in', (eb) => eb.selectFrom('oldest').select('seq'))
    .returningAll()
    .returning((eb) => eb.selectFrom('augmentations').select('state').whereRef('augmentations.id', '=', 'tasks.augmentation_id').as('of'))
    .returning(traceOfTask.as('trace'))
    .execute()
}

async function noteBegin(store: Store, db: Db, taken: readonly TakenRow[], worker: string): Promise<void> {
  const { now, rowsOf } = store.flavour
  const attempts = rowsOf(
    { task_id: 'text', fence: 'bigint', augmentation_id: 'text', worker: 'text' },
    taken.map(({ id, fence, augmentation_id }) => ({ task_id: id, fence, augmentation_id, worker })),
  )
  await db
    .insertInto('attempts')
    .columns(['task_id', 'fence', 'augmentation_id', 'worker', 'started_at', 'outcome'])
    .expression((eb) =>
      eb
        .selectFrom(attempts)
        .select(['v.task_id', 'v.fence', 'v.augmentation_id', 'v.worker', now.as('started_at'), sql.lit('running').as('outcome')]),
    )
    .execute()
  // Nothing goes back to `queued`, so one that was seen begun needs no look.
  const queued = taken.filter(({ of }) => of === 'queued')
  const ids = [...new Set(queued.map(({ augmentation_id }) => augmentation_id))].sort()
  const begun =
    ids.length === 0
      ? []
      : await db
          .updateTable('augmentations')
          .set(({ eb }) => ({ state: 'running', started_at: now, revision: eb('revision', '+', 1) }))
          .where('id', 'in', (eb) =>
            eb
              .selectFrom(
                rowsOf(
                  { id: 'text' },
                  ids.map((id) => ({ id })),
                ),
              )
              .select('v.id'),
          )
          .where('state', '=', 'queued')
          .returningAll()
          .execute()
  await writeNotes(db, store.flavour, [
    ...begun.map(augmentationNote),
    ...taken.flatMap((task) => taskNotes([task], { revision: 0, trace: task.trace })),
  ])
}

function claimedOf(row: TakenRow, leaseMs: number): ClaimedTask {
  return {
    lease: { task: row.id, fence: row.fence },
    augmentation: row.augmentation_id,
    key: row.key,
    tenant: row.tenant,
    stage: row.stage as Stage,
    priority: priorityName(row.priority),
    input: JSON.parse(row.input) as unknown,
    failures: row.failures,
    leaseMs,
    ...tracePart(row.trace),
  }
}

/** A span as the statement's own text: PostgreSQL would have to guess the type of a parameter. */
export const wholeMs = (ms: number): number => Math.max(Math.round(ms), 0)
