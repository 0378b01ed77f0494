import type { Note, SweepReport } from '@virga/catalog'
import type { Stage } from '@virga/contracts'
import { sql } from 'kysely'
import { wholeMs } from './claim.ts'
import { endWaiting } from './end-waiting.ts'
import { expire } from './finish.ts'
import { lockAugmentation, settleAugmentation } from './lock-augmentation.ts'
import { noteParts, taskNotes, traceOfTask, writeNotes } from './notes.ts'
import { priorityName } from './rows.ts'
import type { Store } from './store.ts'

export async function sweep(store: Store, { limit = 100, announceAfterMs = 30_000 } = {}): Promise<SweepReport> {
  const timedOut = await endOverdue(store, limit)
  const { expired, died } = await expireLeases(store, limit)
  const woken = await wake(store, limit)
  return { timedOut, expired, died, woken, announced: await announceAgain(store, limit, announceAfterMs) }
}

/** Each in a transaction of its own: the row may have changed since it was seen, and then nothing happens to it. */
async function expireLeases(store: Store, limit: number): Promise<{ expired: number; died: number }> {
  const late = await store.read((db) =>
    db
      .selectFrom('tasks')
      .select(['id', 'fence'])
      .where(sql<boolean>`state = 'running'`)
      .where('lease_until', '<=', store.flavour.now)
      .orderBy('lease_until')
      .limit(limit)
      .execute(),
  )
  const report = { expired: 0, died: 0 }
  for (const { id, fence } of late) {
    const { outcome } = await expire(store, { task: id, fence })
    if (outcome !== 'lost') report.expired += 1
    if (outcome === 'dead') report.died += 1
  }
  return report
}

async function wake(store: Store, limit: number): Promise<number> {
  const { now, locksRows } = store.flavour
  return store.transaction(async (db) => {
    const due = db
      .selectFrom('tasks')
      .select('seq')
      .where(sql<boolean>`state = 'delayed'`)
      .where('retry_at', '<=', now)
      .orderBy('retry_at')
      .limit(limit)
    const woken = await db
      .with('due', () => (locksRows ? due.forUpdate().skipLocked() : due))
      .updateTable('tasks')
      .set({ state: 'ready', retry_at: null, announced_at: now, updated_at: now })
      .where('seq', 'in', (eb) => eb.selectFrom('due').select('seq'))
      .returningAll()
      .returning(traceOfTask.as('trace'))
      .execute()
    await writeNotes(
      db,
      store.flavour,
      woken.flatMap((task) => taskNotes([task], { revision: 0, trace: task.trace })),
    )
    return woken.length
  })
}

async function endOverdue(store: Store, limit: number): Promise<number> {
  const { now } = store.flavour
  const due = await store.read((db) =>
    db
      .selectFrom('augmentations')
      .select('id')
      .where(sql<boolean>`cancel_reason is null and ended_at is null`)
      .where('deadline_at', '<=', now)
      .orderBy('deadline_at')
      .limit(limit)
      .execute(),
  )
  let ended = 0
  for (const { id } of due) {
    await store.transaction(async (db) => {
      const row = await lockAugmentation(store, db, id)
      if (row === undefined || row.ended_at !== null || row.cancel_reason !== null) return
      const tasks = await endWaiting(store, db, id)
      const failure = { reason: 'VIRGA_DEADLINE', message: 'the work was not done in the time that it was given', metadata: {} } as const
      const settled = await settleAugmentation(store, db, row, { opened: -tasks.length, cancel: { reason: 'deadline', failure } })
      await writeNotes(db, store.flavour, [...taskNotes(tasks, settled.row), ...settled.notes])
      ended += 1
    })
  }
  return ended
}

/** Tells workers again of what nobody took: a record may have been lost, or a tenant's limit may have held the task back when it was read. */
async function announceAgain(store: Store, limit: number, afterMs: number): Promise<number> {
  const { now, locksRows } = store.flavour
  return store.transaction(async (db) => {
    const forgotten = db
      .selectFrom('tasks')
      .select('seq')
      .where(sql<boolean>`state = 'ready'`)
      .where('announced_at', '<=', sql<number>`${now} - ${sql.lit(wholeMs(afterMs))}`)
      .orderBy('announced_at')
      .limit(limit)
    const told = await db
      .with('forgotten', () => (locksRows ? forgotten.forUpdate().skipLocked() : forgotten))
      .updateTable('tasks')
      .set({ announced_at: now })
      .where('seq', 'in', (eb) => eb.selectFrom('forgotten').select('seq'))
      .returningAll()
      .returning(traceOfTask.as('trace'))
      .execute()
    const notes = told.map((task): Note => {
      const common = {
        tenant: task.tenant,
        augmentation: task.augmentation_id,
        ...noteParts({ revision: 0, trace: task.trace }),
        task: task.id,
        stage: task.stage as Stage,
      }
      return { ...common, kind: 'task-ready', priority: priorityName(task.priority), failures: task.failures }
    })
    await writeNotes(db, store.flavour, notes)
    return told.length
  })
}
