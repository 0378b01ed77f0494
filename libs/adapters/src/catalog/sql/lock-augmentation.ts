import { type Failure } from '@virga/catalog'
import { sql } from 'kysely'
import { augmentationNote } from './notes.ts'
import { failureText } from './rows.ts'
import type { AugmentationRow, Db } from './schema.ts'
import type { Store } from './store.ts'

/**
 * Reads an augmentation and keeps its row until the end of the transaction. Everything that ends tasks takes this lock first and rows of
 * tasks after it, so that two such transactions never wait for each other in a circle; a claim, which takes a ready task first, changes
 * the augmentation only where nobody holds it for its end.
 */
export async function lockAugmentation(store: Store, db: Db, id: string): Promise<AugmentationRow | undefined> {
  const query = db.selectFrom('augmentations').selectAll().where('id', '=', id)
  return (store.flavour.locksRows ? query.forUpdate() : query).executeTakeFirst()
}

/** The same for several: locked in the order of their ids. What does not exist is left out. */
export async function lockAugmentations(store: Store, db: Db, ids: readonly string[]): Promise<Map<string, AugmentationRow>> {
  const { locksRows, rowsOf } = store.flavour
  const wanted = rowsOf(
    { id: 'text' },
    [...new Set(ids)].map((id) => ({ id })),
  )
  const query = db
    .selectFrom('augmentations')
    .selectAll()
    .where('id', 'in', (eb) => eb.selectFrom(wanted).select('v.id'))
    .orderBy('id')
  const rows = await (locksRows ? query.forUpdate() : query).execute()
  return new Map(rows.map((row) => [row.id, row]))
}

/** What a transaction has changed about the tasks of an augmentation. */
export interface TaskChange {
  /** How many more tasks are open now; negative when some have ended. */
  readonly opened: number
  /** The failure of a task that died. */
  readonly died?: Failure
  /** Why the augmentation is to end. */
  readonly cancel?: { readonly reason: 'asked' | 'deadline'; readonly failure?: Failure }
}

/**
 * Carries the end of tasks over to their augmentations: the count, the revision and, when nothing is left to do, the final state.
 *
 * @returns the rows as they are now, each with the note that tells of a new state
 */
export async function settleAugmentations(
  store: Store,
  db: Db,
  settling: readonly { readonly row: AugmentationRow; readonly change: TaskChange }[],
) {
  const { now, rowsOf } = store.flavour
  const changed = settling.map(({ row, change }) => {
    const open_tasks = row.open_tasks + change.opened
    const cancel_reason = row.cancel_reason ?? change.cancel?.reason ?? null
    const first = change.died ?? change.cancel?.failure
    const failure = row.failure ?? (first === undefined ? null : failureText(first))
    const state = stateOf({ ...row, open_tasks, cancel_reason, failure })
    const update = { open_tasks, cancel_reason, failure, state, revision: row.revision + 1 }
    return { before: row, update: { id: row.id, ...update }, row: { ...row, ...update } }
  })
  const columns = { id: 'text', open_tasks: 'bigint', cancel_reason: 'text', failure: 'text', state: 'text', revision: 'bigint' } as const
  await db
    .updateTable('augmentations')
    .from(
      rowsOf(
        columns,
        changed.map(({ update }) => update),
      ),
    )
    .set({
      open_tasks: sql<number>`v.open_tasks`,
      cancel_reason: sql<string | null>`v.cancel_reason`,
      failure: sql<string | null>`v.failure`,
      state: sql<string>`v.state`,
      revision: sql<number>`v.revision`,
      ended_at: sql<number | null>`case when v.open_tasks = 0 then ${now} end`,
    })
    .whereRef('augmentations.id', '=', 'v.id')
    .execute()
  return changed.map(({ before, row }) => ({ row, notes: row.state === before.state ? [] : [augmentationNote(row)] }))
}

export async function settleAugmentation(store: Store, db: Db, row: AugmentationRow, change: TaskChange) {
  const [settled] = await settleAugmentations(store, db, [{ row, change }])
  return settled
}

function stateOf({
  open_tasks,
  cancel_reason,
  failure,
  state,
}: Pick<AugmentationRow, 'open_tasks' | 'cancel_reason' | 'failure' | 'state'>): string {
  if (cancel_reason !== null && open_tasks > 0) return 'cancelling'
  if (cancel_reason === 'asked') return 'cancelled'
  if (open_tasks > 0) return state === 'queued' ? 'queued' : 'running'
  return failure === null ? 'succeeded' : 'failed'
}
