import type { Note, TaskState } from '@virga/catalog'
import type { Stage } from '@virga/contracts'
import { sql } from 'kysely'
import type { Flavour } from './flavour.ts'
import { priorityName, tracePart } from './rows.ts'
import type { AugmentationRow, Db, TaskRow } from './schema.ts'

/** Rows in one insert; SQLite takes 32,766 parameters, PostgreSQL 65,535. */
export const rowsPerInsert = 1000

/** Notes in one row of the outbox. An entry's number is that of its row times this, plus its place in the row. */
export const notesPerRow = 100

/** Writes notes into the outbox, within the transaction of the change that they tell of: those of one change in one row. */
export async function writeNotes(db: Db, flavour: Flavour, notes: readonly Note[]): Promise<void> {
  if (notes.length === 0) return
  const packed = Array.from({ length: Math.ceil(notes.length / notesPerRow) }, (_, i) =>
    notes.slice(i * notesPerRow, (i + 1) * notesPerRow),
  )
  const rows = packed.map((some) => ({ note: JSON.stringify(some), notes: some.length }))
  await db
    .insertInto('outbox')
    .columns(['note', 'notes', 'created_at', 'held_until'])
    .expression((eb) =>
      eb
        .selectFrom(flavour.rowsOf({ note: 'text', notes: 'bigint' }, rows))
        .select(['v.note', 'v.notes', flavour.now.as('created_at'), sql.lit(0).as('held_until')]),
    )
    .execute()
}

type TaskPart = Pick<TaskRow, 'id' | 'augmentation_id' | 'tenant' | 'stage' | 'state' | 'priority' | 'failures' | 'failure'>

/** In a statement that gives rows of tasks: the trace that their augmentation comes from. */
export const traceOfTask = sql<string | null>`(select trace from augmentations where augmentations.id = tasks.augmentation_id)`

/** The augmentation's part of what is told. */
type OfAugmentation = Pick<AugmentationRow, 'revision' | 'trace'>

/** What is told of tasks in their new state; those that are ready are announced to workers as well. */
export function taskNotes(tasks: readonly TaskPart[], of: OfAugmentation): Note[] {
  return tasks.flatMap((task): Note[] => {
    const common = { tenant: task.tenant, augmentation: task.augmentation_id, ...noteParts(of), task: task.id, stage: task.stage as Stage }
    const why =
      task.failure === null || task.state === 'running' ? {} : { failure: JSON.parse(task.failure) as NonNullable<Note['failure']> }
    const changed: Note = { ...common, kind: 'task', state: task.state as TaskState, ...why }
    if (task.state !== 'ready') return [changed]
    return [changed, { ...common, kind: 'task-ready', priority: priorityName(task.priority), failures: task.failures }]
  })
}

export function augmentationNote(row: Pick<AugmentationRow, 'id' | 'tenant' | 'revision' | 'state' | 'failure' | 'trace'>): Note {
  const why = row.failure === null ? {} : { failure: JSON.parse(row.failure) as NonNullable<Note['failure']> }
  const state = row.state as Extract<Note, { kind: 'augmentation' }>['state']
  return { kind: 'augmentation', tenant: row.tenant, augmentation: row.id, ...noteParts(row), state, ...why }
}

export const noteParts = ({ revision, trace }: OfAugmentation) => ({ revision, ...tracePart(trace) })
