import { checkTaskGraph, type TaskSpec } from '@virga/catalog'
import { rowsPerInsert } from './notes.ts'
import type { AugmentationRow, Db } from './schema.ts'
import type { Store } from './store.ts'

const failuresUnlessTold = 5

/**
 * Makes tasks of an augmentation: those without needs are ready, the others blocked.
 *
 * @returns the ready ones, for the notes
 * @throws VirgaError VIRGA_BAD_INPUT when the specs are no graph
 */
export async function insertTasks(
  store: Store,
  db: Db,
  augmentation: Pick<AugmentationRow, 'id' | 'tenant' | 'priority'>,
  specs: readonly TaskSpec[],
) {
  checkTaskGraph(specs)
  const { now } = store.flavour
  const idOf = (key: string) => `${augmentation.id}/${key}`
  const rows = specs.map(({ key, stage, needs = [], input, maxFailures = failuresUnlessTold }) => {
    const state = needs.length === 0 ? 'ready' : 'blocked'
    return {
      ...{
        id: idOf(key),
        augmentation_id: augmentation.id,
        key,
        tenant: augmentation.tenant,
        stage,
        priority: augmentation.priority,
        state,
      },
      ...{ pending: needs.length, failures: 0, max_failures: maxFailures, fence: 0, input: JSON.stringify(input ?? null) },
      ...{ created_at: now, updated_at: now, announced_at: state === 'ready' ? now : null },
    }
  })
  for (let from = 0; from < rows.length; from += rowsPerInsert) {
    await db
      .insertInto('tasks')
      .values(rows.slice(from, from + rowsPerInsert))
      .execute()
  }
  const edges = specs.flatMap(({ key, needs = [] }) =>
    needs.map((need) => ({ task_id: idOf(key), needs_id: idOf(need), augmentation_id: augmentation.id })),
  )
  for (let from = 0; from < edges.length; from += rowsPerInsert) {
    await db
      .insertInto('task_needs')
      .values(edges.slice(from, from + rowsPerInsert))
      .execute()
  }
  return rows.filter(({ state }) => state === 'ready').map((row) => ({ ...row, failure: null }))
}
