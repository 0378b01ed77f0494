import type { DeadLetter, DeadLetters } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import { restoreDependents } from './dependents.ts'
import { lockAugmentation, settleAugmentation } from './lock-augmentation.ts'
import { taskNotes, writeNotes } from './notes.ts'
import { deadLetterOf, sequenceIn } from './rows.ts'
import type { Db } from './schema.ts'
import type { Store } from './store.ts'

export function deadLetters(store: Store): DeadLetters {
  return {
    add: (letter) => add(store, letter),
    get: (id) => store.read((db) => find(db, id)),
    list: (query) => list(store, query),
    redrive: (id) => redrive(store, id),
  }
}

async function add(store: Store, letter: Parameters<DeadLetters['add']>[0]): Promise<string> {
  const { tenant = null, record = null, reason, message, payload, headers } = letter
  return store.transaction(async (db) => {
    const row = {
      tenant,
      record,
      reason,
      message,
      payload: Buffer.from(payload),
      headers: JSON.stringify(headers),
      created_at: store.flavour.now,
    }
    const made = await db
      .insertInto('dead_letters')
      .values(row)
      .onConflict((oc) => oc.doNothing())
      .returning('seq')
      .executeTakeFirst()
    const { seq } = made ?? (await db.selectFrom('dead_letters').select('seq').where('record', '=', record).executeTakeFirstOrThrow())
    return String(seq)
  })
}

async function find(db: Db, id: string): Promise<DeadLetter | undefined> {
  const seq = sequenceIn(id)
  if (seq === undefined) return undefined
  const row = await db.selectFrom('dead_letters').selectAll().where('seq', '=', seq).executeTakeFirst()
  return row === undefined ? undefined : deadLetterOf(row)
}

async function list(store: Store, query: Parameters<DeadLetters['list']>[0]) {
  const { tenant, includeRedriven = false, size } = query
  const before = query.after === undefined ? undefined : (sequenceIn(query.after) ?? 0)
  const rows = await store.read((db) =>
    db
      .selectFrom('dead_letters')
      .selectAll()
      .$if(tenant !== undefined, (q) => q.where('tenant', '=', tenant ?? ''))
      .$if(!includeRedriven, (q) => q.where('redriven_at', 'is', null))
      .$if(before !== undefined, (q) => q.where('seq', '<', before ?? 0))
      .orderBy('seq', 'desc')
      .limit(size + 1)
      .execute(),
  )
  const items = rows.slice(0, size).map(deadLetterOf)
  return rows.length > size ? { items, next: String(items.at(-1)?.id) } : { items }
}

async function redrive(store: Store, id: string): Promise<DeadLetter> {
  const { now } = store.flavour
  const missing = () => new VirgaError('VIRGA_NOT_FOUND', `no dead letter ${id}`, { field: 'name' })
  return store.transaction(async (db) => {
    const letter = await find(db, id)
    if (letter === undefined) throw missing()
    if (letter.task !== undefined) await reviveTask(store, db, letter.task)
    const row = await db
      .updateTable('dead_letters')
      .set((eb) => ({ redriven_at: eb.fn.coalesce('redriven_at', now) }))
      .where('seq', '=', Number(id))
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw missing()
    return deadLetterOf(row)
  })
}

async function reviveTask(store: Store, db: Db, task: string): Promise<void> {
  const { now } = store.flavour
  const augmentation = await lockAugmentation(store, db, task.slice(0, task.indexOf('/')))
  if (augmentation === undefined) return
  const revived = await db
    .updateTable('tasks')
    .set({ state: 'ready', failures: 0, failure: null, announced_at: now, updated_at: now })
    .where('id', '=', task)
    .where('state', '=', 'dead')
    .returningAll()
    .executeTakeFirst()
  if (revived === undefined) return // it was redriven before
  if (augmentation.cancel_reason !== null) {
    const message = `augmentation ${augmentation.id} was ended: ${augmentation.cancel_reason === 'asked' ? 'cancelled' : 'its deadline has passed'}`
    throw new VirgaError('VIRGA_WRONG_STATE', message, { field: 'name', expected: 'a task of an augmentation that goes on' })
  }
  const restored = await restoreDependents(store, db, task)
  const dead = await db
    .selectFrom('tasks')
    .select('failure')
    .where('augmentation_id', '=', augmentation.id)
    .where('state', '=', 'dead')
    .orderBy('seq')
    .executeTakeFirst()
  const settled = await settleAugmentation(store, db, { ...augmentation, failure: dead?.failure ?? null }, { opened: 1 + restored.length })
  await writeNotes(db, store.flavour, [...taskNotes([revived, ...restored], settled.row), ...settled.notes])
}
