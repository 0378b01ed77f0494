import type { AugmentationCatalog, Page, StoredVariant, TaskDetails } from '@virga/catalog'
import { attemptOf, sequenceIn, taskOf, variantOf } from './rows.ts'
import type { Store } from './store.ts'

export async function listTasks(store: Store, query: Parameters<AugmentationCatalog['tasks']>[0]): Promise<Page<TaskDetails>> {
  const { augmentation, states, stage, size } = query
  const after = query.after === undefined ? 0 : (sequenceIn(query.after) ?? Number.MAX_SAFE_INTEGER)
  return store.read(async (db) => {
    const rows = await db
      .selectFrom('tasks')
      .selectAll()
      .where('augmentation_id', '=', augmentation)
      .where('seq', '>', after)
      .$if(states !== undefined, (q) => q.where('state', 'in', states ?? []))
      .$if(stage !== undefined, (q) => q.where('stage', '=', stage ?? ''))
      .orderBy('seq')
      .limit(size + 1)
      .execute()
    const shown = rows.slice(0, size)
    const ids = shown.map(({ id }) => id)
    const attempts =
      ids.length === 0 ? [] : await db.selectFrom('attempts').selectAll().where('task_id', 'in', ids).orderBy('fence').execute()
    const needs =
      ids.length === 0 ? [] : await db.selectFrom('task_needs').selectAll().where('task_id', 'in', ids).orderBy('needs_id').execute()
    const attemptsOf = Map.groupBy(attempts, ({ task_id }) => task_id)
    const needsOf = Map.groupBy(needs, ({ task_id }) => task_id)
    const items = shown.map((row) => ({
      ...taskOf(row),
      needs: (needsOf.get(row.id) ?? []).map(({ needs_id }) => needs_id.slice(row.augmentation_id.length + 1)),
      attempts: (attemptsOf.get(row.id) ?? []).map(attemptOf),
    }))
    return rows.length > size ? { items, next: String(shown.at(-1)?.seq) } : { items }
  })
}

export async function listVariants(store: Store, query: Parameters<AugmentationCatalog['variants']>[0]): Promise<Page<StoredVariant>> {
  const after = query.after === undefined ? 0 : (sequenceIn(query.after) ?? Number.MAX_SAFE_INTEGER)
  const rows = await store.read((db) =>
    db
      .selectFrom('variants')
      .selectAll()
      .where('augmentation_id', '=', query.augmentation)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(query.size + 1)
      .execute(),
  )
  const items = rows.slice(0, query.size).map(variantOf)
  return rows.length > query.size ? { items, next: String(rows[query.size - 1]?.seq) } : { items }
}
