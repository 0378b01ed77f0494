import type { Augmentation, AugmentationCatalog, CreateOutcome, NewAugmentation, Page, Priority, TaskState } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import { sql } from 'kysely'
import { wholeMs } from './claim.ts'
import { endWaiting } from './end-waiting.ts'
import { insertTasks } from './insert-tasks.ts'
import { lockAugmentation, settleAugmentation } from './lock-augmentation.ts'
import { augmentationNote, taskNotes, writeNotes } from './notes.ts'
import { getTask, getVariant, listTasks, listVariants } from './reading.ts'
import { holdScenario } from './scenarios.ts'
import { augmentationOf, noTasks, priorityNumber, sequenceIn } from './rows.ts'
import type { AugmentationRow, Db } from './schema.ts'
import type { Store } from './store.ts'

export function augmentationCatalog(store: Store): AugmentationCatalog {
  return {
    create: (request) => create(store, request),
    get: (tenant, id) => store.read((db) => find(db, tenant, id)),
    list: (query) => list(store, query),
    update: (tenant, id, change) => update(store, tenant, id, change),
    cancel: (tenant, id) => cancel(store, tenant, id),
    remove: (tenant, id, options = {}) => remove(store, tenant, id, options),
    tasks: (query) => listTasks(store, query),
    getTask: (tenant, augmentation, key) => getTask(store, tenant, augmentation, key),
    variants: (query) => listVariants(store, query),
    getVariant: (tenant, augmentation, key) => getVariant(store, tenant, augmentation, key),
    setTenantLimit: (tenant, maxRunning) => setTenantLimit(store, tenant, maxRunning),
  }
}

async function create(store: Store, request: NewAugmentation): Promise<CreateOutcome> {
  const { now } = store.flavour
  const { id, tenant, requestId, scenario, tasks, timeoutMs, labels = {}, priority = 'normal' } = request
  const wanted = {
    ...{ id, tenant, request_id: requestId ?? null, scenario, spec: JSON.stringify(request.spec ?? null), labels: JSON.stringify(labels) },
    ...{ priority: priorityNumber(priority), timeout_ms: timeoutMs ?? null },
  }
  const trace = request.trace === undefined ? null : JSON.stringify(request.trace)
  return store.transaction(async (db) => {
    await db
      .insertInto('tenants')
      .values({ tenant, max_running: null })
      .onConflict((oc) => oc.doNothing())
      .execute()
    const made = await db
      .insertInto('augmentations')
      .values({
        ...wanted,
        trace,
        ...{ state: tasks.length === 0 ? 'succeeded' : 'queued', open_tasks: tasks.length, revision: 1, created_at: now },
        deadline_at: timeoutMs === undefined ? null : sql<number>`${now} + ${sql.lit(wholeMs(timeoutMs))}`,
        ended_at: tasks.length === 0 ? now : null,
      })
      .onConflict((oc) => oc.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (made === undefined) return existing(db, wanted, requestId)
    if (request.registeredScenario === true) await holdScenario(store, db, tenant, scenario)
    const ready = await insertTasks(store, db, made, tasks)
    await writeNotes(db, store.flavour, [augmentationNote(made), ...taskNotes(ready, made)])
    const augmentation = augmentationOf(made, { ...noTasks, ready: ready.length, blocked: tasks.length - ready.length })
    return { outcome: 'created', augmentation }
  })
}

/** The augmentation that stands in the way: the same request again, or another one. */
async function existing(
  db: Db,
  wanted: Omit<Partial<AugmentationRow>, 'tenant'> & { tenant: string },
  requestId?: string,
): Promise<CreateOutcome> {
  const found =
    requestId === undefined
      ? undefined
      : await db
          .selectFrom('augmentations')
          .selectAll()
          .where('tenant', '=', wanted.tenant)
          .where('request_id', '=', requestId)
          .executeTakeFirst()
  if (found === undefined) return { outcome: 'conflict', differs: ['id'] }
  const compared = ['scenario', 'spec', 'labels', 'priority', 'timeout_ms'] as const
  const differs = compared.filter((field) => found[field] !== wanted[field])
  if (differs.length > 0) return { outcome: 'conflict', differs }
  return { outcome: 'existing', augmentation: await withCounts(db, found) }
}

async function find(db: Db, tenant: string, id: string): Promise<Augmentation | undefined> {
  const row = await db.selectFrom('augmentations').selectAll().where('id', '=', id).where('tenant', '=', tenant).executeTakeFirst()
  return row === undefined ? undefined : withCounts(db, row)
}

async function withCounts(db: Db, row: AugmentationRow): Promise<Augmentation> {
  const [counts] = await countTasks(db, [row.id])
  return augmentationOf(row, counts ?? noTasks)
}

async function countTasks(db: Db, ids: readonly string[]): Promise<Record<TaskState, number>[]> {
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('tasks')
    .select(({ fn }) => ['augmentation_id', 'state', fn.countAll<number>().as('count')])
    .where('augmentation_id', 'in', ids)
    .groupBy(['augmentation_id', 'state'])
    .execute()
  return ids.map((id) => {
    const own = rows.filter((row) => row.augmentation_id === id).map(({ state, count }) => [state, Number(count)] as const)
    return { ...noTasks, ...Object.fromEntries(own) }
  })
}

async function list(store: Store, query: Parameters<AugmentationCatalog['list']>[0]): Promise<Page<Augmentation>> {
  const { tenant, states, scenario, bundle, labels = {}, createdFrom, createdBefore, size, oldestFirst = false } = query
  const { jsonText } = store.flavour
  if (states?.length === 0) return { items: [] }
  const after = query.after === undefined ? undefined : sequenceIn(query.after)
  return store.read(async (db) => {
    let asked = db.selectFrom('augmentations').selectAll().where('tenant', '=', tenant)
    for (const [key, value] of Object.entries(labels)) asked = asked.where(jsonText('labels', [key]), '=', value)
    const rows = await asked
      .$if(states !== undefined, (q) => q.where('state', 'in', states ?? []))
      .$if(scenario !== undefined, (q) => q.where('scenario', '=', scenario ?? ''))
      .$if(bundle !== undefined, (q) => q.where(jsonText('spec', ['bundle']), 'in', namesOf('bundles', bundle ?? '')))
      .$if(createdFrom !== undefined, (q) => q.where('created_at', '>=', createdFrom ?? 0))
      .$if(createdBefore !== undefined, (q) => q.where('created_at', '<', createdBefore ?? 0))
      .$if(after !== undefined, (q) => q.where('seq', oldestFirst ? '>' : '<', after ?? 0))
      .orderBy('seq', oldestFirst ? 'asc' : 'desc')
      .limit(size + 1)
      .execute()
    const shown = rows.slice(0, size)
    const counts = await countTasks(
      db,
      shown.map(({ id }) => id),
    )
    const items = shown.map((row, i) => augmentationOf(row, counts[i] ?? noTasks))
    return rows.length > size ? { items, next: String(shown.at(-1)?.seq) } : { items }
  })
}

/** A resource by its id and by its name. */
function namesOf(collection: string, idOrName: string): string[] {
  const id = idOrName.startsWith(`${collection}/`) ? idOrName.slice(collection.length + 1) : idOrName
  return [id, `${collection}/${id}`]
}

async function locked(store: Store, db: Db, tenant: string, id: string, ifRevision?: number): Promise<AugmentationRow> {
  const row = await lockAugmentation(store, db, id)
  if (row === undefined || row.tenant !== tenant) throw new VirgaError('VIRGA_NOT_FOUND', `no augmentation ${id}`, { field: 'name' })
  if (ifRevision !== undefined && row.revision !== ifRevision) {
    const expected = `revision ${row.revision}; read it again`
    throw new VirgaError('VIRGA_CONFLICT', `augmentation ${id} has changed since revision ${ifRevision}`, { field: 'etag', expected })
  }
  return row
}

async function update(
  store: Store,
  tenant: string,
  id: string,
  change: { labels?: Readonly<Record<string, string>>; priority?: Priority; ifRevision?: number },
): Promise<Augmentation> {
  return store.transaction(async (db) => {
    const row = await locked(store, db, tenant, id, change.ifRevision)
    const labels = change.labels === undefined ? row.labels : JSON.stringify(change.labels)
    const priority = change.priority === undefined ? row.priority : priorityNumber(change.priority)
    const revision = row.revision + 1
    await db.updateTable('augmentations').set({ labels, priority, revision }).where('id', '=', id).execute()
    if (priority !== row.priority) {
      const waiting = db
        .selectFrom('tasks')
        .select('seq')
        .where('augmentation_id', '=', id)
        .where('state', 'in', ['blocked', 'ready', 'delayed'])
      const free = store.flavour.locksRows ? waiting.forUpdate().skipLocked() : waiting
      await db
        .with('free', () => free)
        .updateTable('tasks')
        .set({ priority })
        .where('seq', 'in', (eb) => eb.selectFrom('free').select('seq'))
        .execute()
    }
    const changed = { ...row, labels, priority, revision }
    await writeNotes(db, store.flavour, [augmentationNote(changed)])
    return withCounts(db, changed)
  })
}

async function cancel(store: Store, tenant: string, id: string): Promise<Augmentation> {
  return store.transaction(async (db) => {
    const row = await locked(store, db, tenant, id)
    if (row.ended_at !== null || row.cancel_reason !== null) return withCounts(db, row)
    const ended = await endWaiting(store, db, id)
    const settled = await settleAugmentation(store, db, row, { opened: -ended.length, cancel: { reason: 'asked' } })
    await writeNotes(db, store.flavour, [...taskNotes(ended, settled.row), ...settled.notes])
    return (await find(db, tenant, id)) ?? augmentationOf(settled.row, noTasks)
  })
}

async function remove(store: Store, tenant: string, id: string, options: { force?: boolean; ifRevision?: number }): Promise<void> {
  await store.transaction(async (db) => {
    const row = await locked(store, db, tenant, id, options.ifRevision)
    if (row.ended_at === null && options.force !== true) {
      throw new VirgaError('VIRGA_WRONG_STATE', `augmentation ${id} is ${row.state}`, {
        field: 'name',
        expected: 'one that has ended, or force',
      })
    }
    for (const table of ['blob_uses', 'variants', 'attempts', 'task_needs', 'dead_letters', 'tasks'] as const) {
      await db.deleteFrom(table).where('augmentation_id', '=', id).execute()
    }
    await db.deleteFrom('augmentations').where('id', '=', id).execute()
    await writeNotes(db, store.flavour, [augmentationNote({ ...row, state: 'deleted', revision: row.revision + 1 })])
  })
}

async function setTenantLimit(store: Store, tenant: string, maxRunning: number | undefined): Promise<void> {
  const max_running = maxRunning ?? null
  await store.transaction((db) =>
    db
      .insertInto('tenants')
      .values({ tenant, max_running })
      .onConflict((oc) => oc.column('tenant').doUpdateSet({ max_running }))
      .execute(),
  )
}
