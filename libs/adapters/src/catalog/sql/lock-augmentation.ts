import { type Failure } from '@virga/catalog'
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
 * Carries the end of tasks over to their augmentation: its count, its revision and, when nothing is left to do, its final state.
 *
 * @returns the row as it is now, and the note that tells of a new state
 */
export async function settleAugmentation(store: Store, db: Db, row: AugmentationRow, change: TaskChange) {
  const open_tasks = row.open_tasks + change.opened
  const cancel_reason = row.cancel_reason ?? change.cancel?.reason ?? null
  const first = change.died ?? change.cancel?.failure
  const failure = row.failure ?? (first === undefined ? null : failureText(first))
  const state = stateOf({ ...row, open_tasks, cancel_reason, failure })
  const ended = open_tasks === 0
  const update = { open_tasks, cancel_reason, failure, state, revision: row.revision + 1 }
  await db
    .updateTable('augmentations')
    .set({ ...update, ended_at: ended ? store.flavour.now : null })
    .where('id', '=', row.id)
    .execute()
  const now = { ...row, ...update }
  return { row: now, notes: state === row.state ? [] : [augmentationNote(now)] }
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
