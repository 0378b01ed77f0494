import type { BlobRef, Lease, Note, TaskResult, Variant, WorkQueue } from '@virga/catalog'
import { sql } from 'kysely'
import { useBlobs } from './blobs.ts'
import { insertTasks } from './insert-tasks.ts'
import { lockAugmentations, settleAugmentations } from './lock-augmentation.ts'
import { noteParts, taskNotes, writeNotes } from './notes.ts'
import type { AugmentationRow, Db } from './schema.ts'
import type { Store } from './store.ts'

export interface Completion {
  readonly lease: Lease
  readonly result: TaskResult
}

type Outcome = Awaited<ReturnType<WorkQueue['complete']>>

export const augmentationIn = (lease: Lease): string => lease.task.slice(0, lease.task.indexOf('/'))

const told = ['id', 'augmentation_id', 'tenant', 'stage', 'state', 'priority', 'failures', 'failure'] as const

/**
 * Ends tasks in one transaction, each under its fence: the number of statements does not depend on how many there are. No two may be of the
 * same task.
 *
 * @returns in the order of the completions
 */
export async function completeMany(store: Store, completions: readonly Completion[]): Promise<Outcome[]> {
  const outcomes = await store.transaction<ReadonlyMap<string, Outcome>>(async (db) => {
    const augmentations = await lockAugmentations(
      store,
      db,
      completions.map(({ lease }) => augmentationIn(lease)),
    )
    const ended = await endTasks(store, db, completions, augmentations)
    if (ended.size === 0) return new Map()
    const accepted = completions.filter(({ lease }) => ended.get(lease.task)?.state === 'done')
    const freed = await freeDependents(
      store,
      db,
      accepted.filter(({ lease }) => Boolean(ended.get(lease.task)?.needed)),
    )
    const opened = new Map<string, number>()
    const made: EndedTask[] = []
    const variants: Note[] = []
    for (const { lease, result } of completions) {
      const task = ended.get(lease.task)
      if (task === undefined) continue
      const row = augmentations.get(task.augmentation_id) as AugmentationRow
      const more = task.state === 'done' ? (result.tasks ?? []) : []
      made.push(...(await insertTasks(store, db, row, more)))
      opened.set(row.id, (opened.get(row.id) ?? 0) + more.length - 1)
      if (task.state === 'done') variants.push(...(result.variants ?? []).map((variant) => variantNote(row, variant)))
    }
    await keepResults(store, db, accepted, augmentations)
    const settled = await settleAugmentations(
      store,
      db,
      [...opened].map(([id, by]) => ({ row: augmentations.get(id) as AugmentationRow, change: { opened: by } })),
    )
    const after = new Map(settled.map(({ row }) => [row.id, noteParts(row)]))
    const notes = [...taskNotes([...ended.values(), ...freed, ...made], { revision: 0, trace: null }), ...variants].map((note) => ({
      ...note,
      ...after.get(note.augmentation),
    }))
    await writeNotes(db, store.flavour, [...notes, ...settled.flatMap((one) => one.notes)])
    return new Map([...ended].map(([id, { state }]) => [id, { outcome: state === 'done' ? 'accepted' : 'cancelled' }]))
  })
  const before = await endedBefore(
    store,
    completions.filter(({ lease }) => !outcomes.has(lease.task)),
  )
  return completions.map(({ lease }) => outcomes.get(lease.task) ?? { outcome: before.has(lease.task) ? 'accepted' : 'lost' })
}

type EndedTask = Parameters<typeof taskNotes>[0][number] & { readonly needed?: number | boolean }

/** The only statement that ends a task: it names the fence. Then the attempts of those that it has ended. */
async function endTasks(
  store: Store,
  db: Db,
  completions: readonly Completion[],
  augmentations: ReadonlyMap<string, AugmentationRow>,
): Promise<Map<string, EndedTask>> {
  const { now, rowsOf } = store.flavour
  const wanted = completions.flatMap(({ lease, result }) => {
    const row = augmentations.get(augmentationIn(lease))
    if (row === undefined) return []
    const done = row.cancel_reason === null
    return [{ ...lease, state: done ? 'done' : 'cancelled', outputs: done ? JSON.stringify(result.outputs ?? {}) : null }]
  })
  if (wanted.length === 0) return new Map()
  const ended = await db
    .updateTable('tasks')
    .from(rowsOf({ task: 'text', fence: 'bigint', state: 'text', outputs: 'text' }, wanted))
    .set({
      ...{ lease_until: null, worker: null, updated_at: now },
      state: sql<string>`v.state`,
      outputs: sql<string>`coalesce(v.outputs, tasks.outputs)`,
      failure: sql<string | null>`case when v.state = 'done' then null else tasks.failure end`,
    })
    .whereRef('tasks.id', '=', 'v.task')
    .whereRef('tasks.fence', '=', 'v.fence')
    .where('tasks.state', '=', 'running')
    .returning(told.map((column) => `tasks.${column}` as const))
    .returning(sql<number | boolean>`exists (select 1 from task_needs n where n.needs_id = tasks.id)`.as('needed'))
    .execute()
  if (ended.length === 0) return new Map()
  const byId = new Map(ended.map((task) => [task.id, task]))
  const attempts = wanted.flatMap(({ task, fence }) => {
    const state = byId.get(task)?.state
    return state === undefined ? [] : [{ task, fence, state }]
  })
  await db
    .updateTable('attempts')
    .from(rowsOf({ task: 'text', fence: 'bigint', state: 'text' }, attempts))
    .set({ outcome: sql<string>`v.state`, ended_at: now, failure: null })
    .whereRef('attempts.task_id', '=', 'v.task')
    .whereRef('attempts.fence', '=', 'v.fence')
    .execute()
  return byId
}

/** Tasks that needed the done ones and now need nothing more become ready. */
async function freeDependents(store: Store, db: Db, done: readonly Completion[]): Promise<EndedTask[]> {
  const { now, rowsOf } = store.flavour
  if (done.length === 0) return []
  const keys = rowsOf(
    { task: 'text' },
    done.map(({ lease: { task } }) => ({ task })),
  )
  const needing = db
    .selectFrom(keys)
    .innerJoin('task_needs', 'task_needs.needs_id', 'v.task')
    .select(({ fn }) => ['task_needs.task_id', fn.countAll<number>().as('ended')])
    .groupBy('task_needs.task_id')
  const changed = await db
    .updateTable('tasks')
    .from(needing.as('n'))
    .set({
      pending: sql<number>`tasks.pending - n.ended`,
      state: sql<string>`case when tasks.pending = n.ended then 'ready' else tasks.state end`,
      announced_at: sql<number>`case when tasks.pending = n.ended then ${now} else tasks.announced_at end`,
      updated_at: now,
    })
    .whereRef('tasks.id', '=', 'n.task_id')
    .where('tasks.state', '=', 'blocked')
    .returning(told.map((column) => `tasks.${column}` as const))
    .execute()
  return changed.filter(({ state }) => state === 'ready')
}

/** Outputs and variants, with the blobs that they keep. What is made again replaces what was there. */
async function keepResults(
  store: Store,
  db: Db,
  done: readonly Completion[],
  augmentations: ReadonlyMap<string, AugmentationRow>,
): Promise<void> {
  const { now, rowsOf } = store.flavour
  const uses: { owner: string; augmentation: string; refs: Readonly<Record<string, BlobRef>> }[] = []
  const variants = new Map<
    string,
    { augmentation_id: string; tenant: string; key: string; camera: string; attributes: string; files: string }
  >()
  for (const { lease, result } of done) {
    const row = augmentations.get(augmentationIn(lease)) as AugmentationRow
    if (result.outputs !== undefined) uses.push({ owner: lease.task, augmentation: row.id, refs: result.outputs })
    for (const { key, camera, attributes, files } of result.variants ?? []) {
      const texts = { attributes: JSON.stringify(attributes ?? null), files: JSON.stringify(files) }
      const owner = `${row.id}/variants/${key}`
      variants.set(owner, { augmentation_id: row.id, tenant: row.tenant, key, camera, ...texts })
      uses.push({ owner, augmentation: row.id, refs: files })
    }
  }
  if (variants.size > 0) {
    const columns = { augmentation_id: 'text', tenant: 'text', key: 'text', camera: 'text', attributes: 'text', files: 'text' } as const
    const names = ['augmentation_id', 'tenant', 'key', 'camera', 'attributes', 'files'] as const
    await db
      .insertInto('variants')
      .columns([...names, 'created_at'])
      .expression(
        (eb) =>
          eb
            .selectFrom(rowsOf(columns, [...variants.values()]))
            .select(names.map((name) => `v.${name}` as const))
            .select(now.as('created_at'))
            .where(sql<boolean>`true`), // without it SQLite takes ON CONFLICT for the condition of a join
      )
      .onConflict((oc) =>
        oc.columns(['augmentation_id', 'key']).doUpdateSet((eb) => ({
          camera: eb.ref('excluded.camera'),
          attributes: eb.ref('excluded.attributes'),
          files: eb.ref('excluded.files'),
          created_at: eb.ref('excluded.created_at'),
        })),
      )
      .execute()
  }
  await useBlobs(store, db, uses)
}

const variantNote = ({ id, tenant }: AugmentationRow, { key }: Variant): Note => ({
  kind: 'variant',
  tenant,
  augmentation: id,
  revision: 0,
  variant: key,
})

/** Those whose very lease has ended the task before: its answer was lost on the way, and the worker asks again. */
async function endedBefore(store: Store, completions: readonly Completion[]): Promise<Set<string>> {
  if (completions.length === 0) return new Set()
  const leases = store.flavour.rowsOf(
    { task: 'text', fence: 'bigint' },
    completions.map(({ lease }) => lease),
  )
  const rows = await store.read((db) =>
    db
      .selectFrom(leases)
      .innerJoin('tasks', 'tasks.id', 'v.task')
      .select('tasks.id')
      .whereRef('tasks.fence', '=', 'v.fence')
      .where('tasks.state', '=', 'done')
      .execute(),
  )
  return new Set(rows.map(({ id }) => id))
}
