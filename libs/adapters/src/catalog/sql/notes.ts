import type { Note, TaskState } from '@virga/catalog'
import type { Stage } from '@virga/contracts'
import type { Flavour } from './flavour.ts'
import { priorityName } from './rows.ts'
import type { AugmentationRow, Db, TaskRow } from './schema.ts'

/** Rows in one insert; SQLite takes 32,766 parameters, PostgreSQL 65,535. */
export const rowsPerInsert = 1000

/** Writes notes into the outbox, within the transaction of the change that they tell of. */
export async function writeNotes(db: Db, flavour: Flavour, notes: readonly Note[]): Promise<void> {
  for (let from = 0; from < notes.length; from += rowsPerInsert) {
    const rows = notes
      .slice(from, from + rowsPerInsert)
      .map((note) => ({ note: JSON.stringify(note), created_at: flavour.now, held_until: 0 }))
    await db.insertInto('outbox').values(rows).execute()
  }
}

type TaskPart = Pick<TaskRow, 'id' | 'augmentation_id' | 'tenant' | 'stage' | 'state' | 'priority' | 'failures' | 'failure'>

/** What is told of tasks in their new state; those that are ready are announced to workers as well. */
export function taskNotes(tasks: readonly TaskPart[], revision: number): Note[] {
  return tasks.flatMap((task): Note[] => {
    const common = { tenant: task.tenant, augmentation: task.augmentation_id, revision, task: task.id, stage: task.stage as Stage }
    const why =
      task.failure === null || task.state === 'running' ? {} : { failure: JSON.parse(task.failure) as NonNullable<Note['failure']> }
    const changed: Note = { ...common, kind: 'task', state: task.state as TaskState, ...why }
    if (task.state !== 'ready') return [changed]
    return [changed, { ...common, kind: 'task-ready', priority: priorityName(task.priority), failures: task.failures }]
  })
}

export function augmentationNote(row: Pick<AugmentationRow, 'id' | 'tenant' | 'revision' | 'state' | 'failure'>): Note {
  const why = row.failure === null ? {} : { failure: JSON.parse(row.failure) as NonNullable<Note['failure']> }
  const state = row.state as Extract<Note, { kind: 'augmentation' }>['state']
  return { kind: 'augmentation', tenant: row.tenant, augmentation: row.id, revision: row.revision, state, ...why }
}
