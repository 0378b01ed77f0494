import { encodeRecord, eventsTopic, type EventValue, type OutgoingRecord, taskTopics } from '@virga/contracts'
import { retryClasses } from '@virga/errors'
import type { Failure, Note, OutboxEntry } from '@virga/catalog'
import { traceOf } from '../events/trace-of.ts'

/**
 * The record that tells of a note: tasks that are ready to those who work on their stage, all else to outsiders.
 *
 * @param source `ce_source`
 * @throws VirgaError VIRGA_BAD_INPUT, VIRGA_TOO_LARGE for a note that no record can hold
 */
export function recordOf(entry: OutboxEntry, index: number, source: string): OutgoingRecord {
  const { note, seq, createdAt } = entry
  // The same entry gives the same ids when it comes again; several notes of one change share a sequence number.
  const envelope = { id: `${seq}.${index}`, source, time: new Date(createdAt).toISOString(), ...traceOf(note) }
  if (note.kind !== 'task-ready') return encodeRecord(eventsTopic, eventOf(note), envelope)
  const { stage, tenant, priority, failures } = note
  const value = { schema: 'virga.task/1' as const, task: taskName(note), stage, tenant, priority, failures }
  return encodeRecord(taskTopics[stage], value, envelope)
}

function eventOf(note: Exclude<Note, { kind: 'task-ready' }>): EventValue {
  const augmentation = `augmentations/${note.augmentation}`
  const common = { schema: 'virga.event/1' as const, tenant: note.tenant, augmentation, revision: note.revision }
  switch (note.kind) {
    case 'augmentation':
      return { ...common, kind: 'augmentation', state: note.state, ...failureOf(note.failure) }
    case 'task':
      return { ...common, kind: 'task', task: taskName(note), stage: note.stage, state: note.state, ...failureOf(note.failure) }
    case 'variant':
      return { ...common, kind: 'variant', variant: `${augmentation}/variants/${note.variant}`, state: 'finished' }
  }
}

/** `augmentations/{augmentation}/tasks/{key}` of the catalog's `{augmentation}/{key}`. */
function taskName({ augmentation, task }: { readonly augmentation: string; readonly task: string }): string {
  return `augmentations/${augmentation}/tasks/${task.startsWith(`${augmentation}/`) ? task.slice(augmentation.length + 1) : task}`
}

function failureOf(failure: Failure | undefined): { failure?: { reason: string; message: string; retryable: boolean } } {
  if (failure === undefined) return {}
  return { failure: { reason: failure.reason, message: failure.message, retryable: retryClasses[failure.reason] !== 'never' } }
}
