import { sql } from 'kysely'
import type { Db, TaskRow } from './schema.ts'
import type { Store } from './store.ts'

/** Cancels all that needs a task which is dead, directly or by way of others. All of them are blocked: nobody has begun them. */
export async function cancelDependents(store: Store, db: Db, task: string): Promise<TaskRow[]> {
  const { rows } = await sql<TaskRow>`
    with recursive beyond (id) as (
      select task_id from task_needs where needs_id = ${task}
      union
      select n.task_id from task_needs n join beyond b on n.needs_id = b.id
    )
    update tasks set state = 'cancelled', updated_at = ${store.flavour.now}
    where id in (select id from beyond) and state = 'blocked'
    returning *`.execute(db)
  return rows
}

/**
 * Brings back what was cancelled for the sake of a task that is tried again: blocked, with its needs counted anew. What still needs another
 * dead task stays cancelled.
 */
export async function restoreDependents(store: Store, db: Db, task: string): Promise<TaskRow[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive beyond (id) as (
      select task_id from task_needs where needs_id = ${task}
      union
      select n.task_id from task_needs n join beyond b on n.needs_id = b.id
    ), lost (id) as (
      select n.task_id from task_needs n join tasks t on t.id = n.needs_id
        where t.state = 'dead' and n.augmentation_id = (select augmentation_id from tasks where id = ${task})
      union
      select n.task_id from task_needs n join lost l on n.needs_id = l.id
    )
    select id from beyond where id not in (select id from lost)`.execute(db)
  const restored: TaskRow[] = []
  for (let from = 0; from < rows.length; from += 1000) {
    const ids = rows.slice(from, from + 1000).map(({ id }) => id)
    restored.push(
      ...(await db
        .updateTable('tasks')
        .set({
          state: 'blocked',
          pending: sql<number>`(select count(*) from task_needs n join tasks t on t.id = n.needs_id where n.task_id = tasks.id and t.state <> 'done')`,
          updated_at: store.flavour.now,
        })
        .where('id', 'in', ids)
        .where('state', '=', 'cancelled')
        .returningAll()
        .execute()),
    )
  }
  return restored
}
