import { type Failure, type Lease, retryDelayMs, type WorkQueue } from '@virga/catalog'
import { sql, type UpdateObject } from 'kysely'
import { cancelDependents } from './dependents.ts'
import { wholeMs } from './claim.ts'
import { augmentationIn } from './complete.ts'
import { lockAugmentation, settleAugmentation, type TaskChange } from './lock-augmentation.ts'
import { taskNotes, writeNotes } from './notes.ts'
import { failureText } from './rows.ts'
import type { AugmentationRow, CatalogTables, Db, TaskRow } from './schema.ts'
import type { Store } from './store.ts'

type AttemptEnd = 'done' | 'failed' | 'expired' | 'released' | 'cancelled'
type TaskUpdate = UpdateObject<CatalogTables, 'tasks'>

export async function heartbeat(store: Store, lease: Lease, leaseMs: number): ReturnType<WorkQueue['heartbeat']> {
  const held = await store.read((db) =>
    db
      .updateTable('tasks')
      .set({ lease_until: sql<number>`${store.flavour.now} + ${sql.lit(wholeMs(leaseMs))}` })
      .where('id', '=', lease.task)
      .where('fence', '=', lease.fence)
      .where('state', '=', 'running')
      .returning((eb) =>
        eb.selectFrom('augmentations').select('cancel_reason').whereRef('augmentations.id', '=', 'tasks.augmentation_id').as('cancel'),
      )
      .executeTakeFirst(),
  )
  return held === undefined ? { outcome: 'lost' } : { outcome: 'held', cancel: held.cancel !== null }
}

/** What the end of a task comes to, once its lease was found to hold. */
interface End<Outcome> {
  readonly outcome: Outcome
  readonly change: TaskChange
  /** What the lease's own task has become beyond the first statement. */
  readonly state?: string
  /** Tasks besides the lease's own that have changed. */
  readonly others?: readonly Parameters<typeof taskNotes>[0][number][]
}

/**
 * The frame of every end: locks the augmentation, changes the task under its fence in one statement, ends the attempt, lets `rest` do
 * what follows from it, settles the augmentation and writes the notes. A lease that does not hold any more changes nothing.
 */
async function endTry<Outcome>(
  store: Store,
  lease: Lease,
  end: (row: AugmentationRow) => { update: TaskUpdate; attempt: AttemptEnd; failure?: Failure },
  rest: (db: Db, task: TaskRow, row: AugmentationRow) => Promise<End<Outcome>>,
  expiredOnly = false,
): Promise<Outcome | undefined> {
  const { now } = store.flavour
  return store.transaction(async (db) => {
    const row = await lockAugmentation(store, db, augmentationIn(lease))
    if (row === undefined) return undefined
    const { update, attempt, failure } = end(row)
    const task = await db
      .updateTable('tasks')
      .set({ ...update, lease_until: null, worker: null, updated_at: now })
      .where('id', '=', lease.task)
      .where('fence', '=', lease.fence)
      .where('state', '=', 'running')
      .$if(expiredOnly, (q) => q.where('lease_until', '<=', now))
      .returningAll()
      .executeTakeFirst()
    if (task === undefined) return undefined
    await db
      .updateTable('attempts')
      .set({ outcome: attempt, ended_at: now, failure: failure === undefined ? null : failureText(failure) })
      .where('task_id', '=', lease.task)
      .where('fence', '=', lease.fence)
      .execute()
    const { outcome, change, state = task.state, others = [] } = await rest(db, task, row)
    const settled = await settleAugmentation(store, db, row, change)
    await writeNotes(db, store.flavour, [...taskNotes([{ ...task, state }, ...others], settled.row), ...settled.notes])
    return outcome
  })
}

const cancelled = { update: { state: 'cancelled' }, attempt: 'cancelled' } as const

export async function release(store: Store, lease: Lease): ReturnType<WorkQueue['release']> {
  const ready = { update: { state: 'ready', announced_at: store.flavour.now }, attempt: 'released' } as const
  const outcome = await endTry<'released' | 'cancelled'>(
    store,
    lease,
    (row) => (row.cancel_reason === null ? ready : cancelled),
    async (_db, task) =>
      task.state === 'cancelled' ? { outcome: 'cancelled', change: { opened: -1 } } : { outcome: 'released', change: { opened: 0 } },
  )
  return { outcome: outcome ?? 'lost' }
}

export const fail = (store: Store, lease: Lease, failure: Failure): ReturnType<WorkQueue['fail']> => giveUp(store, lease, failure, 'failed')

/** Takes a lease away that has run out; nothing when its holder was heard of in the meantime. */
export const expire = (store: Store, lease: Lease): ReturnType<WorkQueue['fail']> =>
  giveUp(store, lease, { reason: 'VIRGA_UNAVAILABLE', message: 'the worker let its lease run out', metadata: {} }, 'expired')

async function giveUp(store: Store, lease: Lease, failure: Failure, attempt: 'failed' | 'expired'): ReturnType<WorkQueue['fail']> {
  const { now } = store.flavour
  const failed: TaskUpdate = { failures: sql<number>`failures + 1`, failure: failureText(failure) }
  type Result = { outcome: 'retry'; delayMs: number } | { outcome: 'dead' | 'cancelled' }
  const result = await endTry<Result>(
    store,
    lease,
    (row) => (row.cancel_reason === null ? { update: { ...failed, state: 'delayed' }, attempt, failure } : cancelled),
    async (db, task) => {
      if (task.state === 'cancelled') return { outcome: { outcome: 'cancelled' }, change: { opened: -1 } }
      const delay = attempt === 'expired' ? expiredDelay(task) : retryDelayMs(failure, task.failures, task.max_failures, store.policy)
      if (delay !== undefined) {
        const retry_at = sql<number>`${now} + ${sql.lit(wholeMs(delay))}`
        await db.updateTable('tasks').set({ retry_at }).where('seq', '=', task.seq).execute()
        return { outcome: { outcome: 'retry', delayMs: delay }, change: { opened: 0 } }
      }
      await db.updateTable('tasks').set({ state: 'dead' }).where('seq', '=', task.seq).execute()
      await db
        .insertInto('dead_letters')
        .values(letterOf(store, task, failure))
        .execute()
      const others = await cancelDependents(store, db, task.id)
      return { state: 'dead', outcome: { outcome: 'dead' }, change: { opened: -1 - others.length, died: failure }, others }
    },
    attempt === 'expired',
  )
  return result ?? { outcome: 'lost' }
}

/** The worker is gone, not the work: another one may begin at once. */
const expiredDelay = (task: TaskRow): number | undefined => (task.failures >= task.max_failures ? undefined : 0)

const letterOf = (store: Store, task: TaskRow, failure: Failure) => ({
  ...{ tenant: task.tenant, task_id: task.id, augmentation_id: task.augmentation_id, reason: failure.reason, message: failure.message },
  ...{ payload: Buffer.from(task.input), headers: JSON.stringify(failure.metadata), created_at: store.flavour.now },
})
