import type {
  Attempt,
  Augmentation,
  AugmentationState,
  BlobRef,
  DeadLetter,
  Failure,
  Priority,
  StoredVariant,
  Task,
  TaskState,
  TraceContext,
} from '@virga/catalog'
import type { Stage } from '@virga/contracts'
import type { ErrorCode } from '@virga/errors'
import type { Selectable } from 'kysely'
import type { AugmentationRow, CatalogTables, TaskRow } from './schema.ts'

const priorities: readonly Priority[] = ['bulk', 'normal', 'interactive']
export const priorityNumber = (priority: Priority): number => priorities.indexOf(priority)
export const priorityName = (number: number): Priority => priorities[number] ?? 'normal'

export const failureText = (failure: Failure): string => JSON.stringify(failure)
export const failureIn = (text: string | null): { failure?: Failure } => (text === null ? {} : { failure: JSON.parse(text) as Failure })
export const known = <Key extends string, Value>(key: Key, value: Value | null): Partial<Record<Key, Value>> =>
  value === null ? {} : ({ [key]: value } as Record<Key, Value>)

export const noTasks: Readonly<Record<TaskState, number>> = { blocked: 0, ready: 0, running: 0, delayed: 0, done: 0, dead: 0, cancelled: 0 }

export function augmentationOf(row: AugmentationRow, taskCounts: Readonly<Record<TaskState, number>>): Augmentation {
  return {
    id: row.id,
    tenant: row.tenant,
    ...(row.request_id === null ? {} : { requestId: row.request_id }),
    scenario: row.scenario,
    spec: JSON.parse(row.spec) as unknown,
    labels: JSON.parse(row.labels) as Record<string, string>,
    priority: priorityName(row.priority),
    state: row.state as AugmentationState,
    ...failureIn(row.failure),
    createdAt: row.created_at,
    ...known('startedAt', row.started_at),
    ...known('endedAt', row.ended_at),
    ...known('deadlineAt', row.deadline_at),
    revision: row.revision,
    taskCounts,
  }
}

export function taskOf(row: TaskRow): Task {
  return {
    id: row.id,
    augmentation: row.augmentation_id,
    key: row.key,
    tenant: row.tenant,
    stage: row.stage as Stage,
    priority: priorityName(row.priority),
    state: row.state as TaskState,
    failures: row.failures,
    maxFailures: row.max_failures,
    input: JSON.parse(row.input) as unknown,
    outputs: row.outputs === null ? {} : (JSON.parse(row.outputs) as Record<string, BlobRef>),
    ...failureIn(row.failure),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ...known('leaseUntil', row.lease_until),
    ...known('retryAt', row.retry_at),
  }
}

export function attemptOf(row: Selectable<CatalogTables['attempts']>): Attempt {
  return {
    fence: row.fence,
    worker: row.worker,
    startedAt: row.started_at,
    ...known('endedAt', row.ended_at),
    outcome: row.outcome as Attempt['outcome'],
    ...failureIn(row.failure),
  }
}

export function variantOf(row: Selectable<CatalogTables['variants']>): StoredVariant {
  return {
    augmentation: row.augmentation_id,
    key: row.key,
    camera: row.camera,
    attributes: JSON.parse(row.attributes) as unknown,
    files: JSON.parse(row.files) as Record<string, BlobRef>,
    createdAt: row.created_at,
  }
}

export function deadLetterOf(row: Selectable<CatalogTables['dead_letters']>): DeadLetter {
  return {
    id: String(row.seq),
    ...(row.tenant === null ? {} : { tenant: row.tenant }),
    ...(row.task_id === null ? {} : { task: row.task_id }),
    ...(row.record === null ? {} : { record: row.record }),
    reason: row.reason as ErrorCode,
    message: row.message,
    payload: new Uint8Array(row.payload),
    headers: JSON.parse(row.headers) as Record<string, string>,
    createdAt: row.created_at,
    ...known('redrivenAt', row.redriven_at),
  }
}

/** A sequence number given as a page token or id; undefined for what is none. */
export function sequenceIn(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** The stored trace context as a field of what is given to others; nothing where there is none. */
export const tracePart = (stored: string | null): { trace?: TraceContext } =>
  stored === null ? {} : { trace: JSON.parse(stored) as TraceContext }
