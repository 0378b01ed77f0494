import type { Db, TaskRow } from './schema.ts'
import type { Store } from './store.ts'

/**
 * Cancels the tasks of an augmentation that nobody holds. One that is being claimed in this moment is left out: its worker hears of the
 * cancelling with its first heartbeat.
 */
export async function endWaiting(store: Store, db: Db, augmentation: string): Promise<TaskRow[]> {
  const { now, locksRows } = store.flavour
  const waiting = db
    .selectFrom('tasks')
    .select('seq')
    .where('augmentation_id', '=', augmentation)
    .where('state', 'in', ['blocked', 'ready', 'delayed'])
  return db
    .with('waiting', () => (locksRows ? waiting.forUpdate().skipLocked() : waiting))
    .updateTable('tasks')
    .set({ state: 'cancelled', updated_at: now, retry_at: null })
    .where('seq', 'in', (eb) => eb.selectFrom('waiting').select('seq'))
    .returningAll()
    .execute()
}
