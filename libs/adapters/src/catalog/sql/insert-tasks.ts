import { checkTaskGraph, type TaskSpec } from '@virga/catalog'
import { sql } from 'kysely'
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
  if (specs.length === 0) return []
  const { now, rowsOf } = store.flavour
  const idOf = (key: string) => `${augmentation.id}/${key}`
  const rows = specs.map(({ key, stage, needs = [], input, maxFailures = failuresUnlessTold }) => ({
    ...{ id: idOf(key), key, stage, pending: needs.length, max_failures: maxFailures, input: JSON.stringify(input ?? null) },
    state: needs.length === 0 ? 'ready' : 'blocked',
  }))
  const { id: augmentation_id, tenant, priority } = augmentation
  const columns = {
    id: 'text',
    key: 'text',
    stage: 'text',
    pending: 'bigint',
    max_failures: 'bigint',
    input: 'text',
    state: 'text',
  } as const
  for (let from = 0; from < rows.length; from += rowsPerInsert) {
    await db
      .insertInto('tasks')
      .columns([
        'id',
        'key',
        'stage',
        'pending',
        'max_failures',
        'input',
        'state',
        'augmentation_id',
        'tenant',
        'priority',
        'failures',
        'fence',
        'created_at',
        'updated_at',
        'announced_at',
      ])
      .expression((eb) =>
        eb
          .selectFrom(rowsOf(columns, rows.slice(from, from + rowsPerInsert)))
          .select(['v.id', 'v.key', 'v.stage', 'v.pending', 'v.max_failures', 'v.input', 'v.state'])
          .select([
            eb.cast<string>(eb.val(augmentation_id), 'text').as('augmentation_id'),
            eb.cast<string>(eb.val(tenant), 'text').as('tenant'),
          ])
          .select([sql.lit(priority).as('priority'), sql.lit(0).as('failures'), sql.lit(0).as('fence'), now.as('created_at')])
          .select([now.as('updated_at'), sql<number>`case when v.state = 'ready' then ${now} end`.as('announced_at')]),
      )
      .execute()
  }
  const edges = specs.flatMap(({ key, needs = [] }) => needs.map((need) => ({ task_id: idOf(key), needs_id: idOf(need), augmentation_id })))
  for (let from = 0; from < edges.length; from += rowsPerInsert) {
    const some = rowsOf({ task_id: 'text', needs_id: 'text', augmentation_id: 'text' }, edges.slice(from, from + rowsPerInsert))
    await db
      .insertInto('task_needs')
      .columns(['task_id', 'needs_id', 'augmentation_id'])
      .expression((eb) => eb.selectFrom(some).select(['v.task_id', 'v.needs_id', 'v.augmentation_id']))
      .execute()
  }
  return rows
    .filter(({ state }) => state === 'ready')
    .map((row) => ({ ...row, augmentation_id, tenant, priority, failures: 0, failure: null }))
}
