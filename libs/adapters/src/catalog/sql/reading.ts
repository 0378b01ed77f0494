import type { AugmentationCatalog, Page, StoredVariant, TaskDetails } from '@virga/catalog'
import { attemptOf, sequenceIn, taskOf, variantOf } from './rows.ts'
import type { Db, TaskRow } from './schema.ts'
import type { Store } from './store.ts'

const startOf = (after: string | undefined): number => (after === undefined ? 0 : (sequenceIn(after) ?? Number.MAX_SAFE_INTEGER))

export async function listTasks(store: Store, query: Parameters<AugmentationCatalog['tasks']>[0]): Promise<Page<TaskDetails>> {
  const { augmentation, states, stage, size } = query
  if (states?.length === 0) return { items: [] }
  return store.read(async (db) => {
    const rows = await db
      .selectFrom('tasks')
      .selectAll()
      .where('augmentation_id', '=', augmentation)
      .where('seq', '>', startOf(query.after))
      .$if(states !== undefined, (q) => q.where('state', 'in', states ?? []))
      .$if(stage !== undefined, (q) => q.where('stage', '=', stage ?? ''))
      .orderBy('seq')
      .limit(size + 1)
      .execute()
    const items = await details(db, rows.slice(0, size))
    return rows.length > size ? { items, next: String(rows[size - 1]?.seq) } : { items }
  })
}

export async function getTask(store: Store, tenant: string, augmentation: string, key: string): Promise<TaskDetails | undefined> {
  return store.read(async (db) => {
    const rows = await db.selectFrom('tasks').selectAll().where('id', '=', `${augmentation}/${key}`).where('tenant', '=', tenant).execute()
    return (await details(db, rows))[0]
  })
}

async function details(db: Db, tasks: readonly TaskRow[]): Promise<TaskDetails[]> {
  if (tasks.length === 0) return []
  const ids = tasks.map(({ id }) => id)
  const attempts = await db.selectFrom('attempts').selectAll().where('task_id', 'in', ids).orderBy('fence').execute()
  const needs = await db.selectFrom('task_needs').selectAll().where('task_id', 'in', ids).orderBy('needs_id').execute()
  const attemptsOf = Map.groupBy(attempts, ({ task_id }) => task_id)
  const needsOf = Map.groupBy(needs, ({ task_id }) => task_id)
  return tasks.map((row) => ({
    ...taskOf(row),
    needs: (needsOf.get(row.id) ?? []).map(({ needs_id }) => needs_id.slice(row.augmentation_id.length + 1)),
    attempts: (attemptsOf.get(row.id) ?? []).map(attemptOf),
  }))
}

export async function listVariants(store: Store, query: Parameters<AugmentationCatalog['variants']>[0]): Promise<Page<StoredVariant>> {
  const augmentation = 'augmentation' in query ? query.augmentation : undefined
  const { tenant, camera, weather, lighting, size } = query
  const look = (field: string) => store.flavour.jsonText('attributes', ['look', field])
  const rows = await store.read((db) =>
    db
      .selectFrom('variants')
      .selectAll()
      .$if(augmentation !== undefined, (q) => q.where('augmentation_id', '=', augmentation ?? ''))
      .$if(tenant !== undefined && augmentation === undefined, (q) => q.where('tenant', '=', tenant ?? ''))
      // By way of the augmentation, so that the variants' index by tenant does not tempt the planner.
      .$if(tenant !== undefined && augmentation !== undefined, (q) =>
        q.where((eb) =>
          eb.exists(
            eb
              .selectFrom('augmentations')
              .select('seq')
              .where('id', '=', augmentation ?? '')
              .where('tenant', '=', tenant ?? ''),
          ),
        ),
      )
      .$if(camera !== undefined, (q) => q.where('camera', '=', camera ?? ''))
      .$if(weather !== undefined, (q) => q.where(look('weather'), '=', weather ?? ''))
      .$if(lighting !== undefined, (q) => q.where(look('lighting'), '=', lighting ?? ''))
      .where('seq', '>', startOf(query.after))
      .orderBy('seq')
      .limit(size + 1)
      .execute(),
  )
  const items = rows.slice(0, size).map(variantOf)
  return rows.length > size ? { items, next: String(rows[size - 1]?.seq) } : { items }
}

export async function getVariant(store: Store, tenant: string, augmentation: string, key: string): Promise<StoredVariant | undefined> {
  const row = await store.read((db) =>
    db
      .selectFrom('variants')
      .selectAll()
      .where('augmentation_id', '=', augmentation)
      .where('key', '=', key)
      .where('tenant', '=', tenant)
      .executeTakeFirst(),
  )
  return row === undefined ? undefined : variantOf(row)
}
