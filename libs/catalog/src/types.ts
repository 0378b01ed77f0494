import type { Stage } from '@virga/contracts'
import type { Failure } from './failure.ts'

/** Within a tenant a higher class goes first; within a class the older task. */
export type Priority = 'bulk' | 'normal' | 'interactive'

export type AugmentationState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelling' | 'cancelled'

/** blocked: needs others; delayed: waits for the end of a back-off; dead: given up. done, dead and cancelled are final, but for a redrive. */
export type TaskState = 'blocked' | 'ready' | 'running' | 'delayed' | 'done' | 'dead' | 'cancelled'

export type AttemptOutcome = 'running' | 'done' | 'failed' | 'expired' | 'released' | 'cancelled'

/** A content-addressed reference, as in the blob store. */
export interface BlobRef {
  /** Lower-case hex SHA-256. */
  readonly sha256: string
  /** Bytes. */
  readonly size: number
}

/** W3C trace context (https://www.w3.org/TR/trace-context/) of the request that work comes from. */
export interface TraceContext {
  readonly traceparent?: string
  readonly tracestate?: string
}

/** A task to be made. */
export interface TaskSpec {
  /** Names it within its augmentation: letters, digits, ".", "_", "-"; at most 200 characters. */
  readonly key: string
  readonly stage: Stage
  /** Keys of tasks made in the same call that must be done before it. */
  readonly needs?: readonly string[]
  /** What the worker is to do; plain JSON. */
  readonly input: unknown
  /** With so many failures, expired leases among them, it is given up; default 5. */
  readonly maxFailures?: number
}

export interface NewAugmentation {
  /** 1 to 63 characters a-z, 0-9 and "-", beginning with a letter. */
  readonly id: string
  readonly tenant: string
  /** The same one with the same content gives the same augmentation. */
  readonly requestId?: string
  /** Id of a scenario. */
  readonly scenario: string
  /** Refuses with VIRGA_NOT_FOUND or VIRGA_WRONG_STATE when no such scenario is registered and ready, within the same transaction. */
  readonly registeredScenario?: boolean
  /** What was asked for, plain JSON; compared when a request id comes again. */
  readonly spec: unknown
  readonly labels?: Readonly<Record<string, string>>
  readonly priority?: Priority
  /** From creation, by the database's clock; default: no limit. */
  readonly timeoutMs?: number
  readonly tasks: readonly TaskSpec[]
  /** Given back with its tasks and notes; not compared when a request id comes again. */
  readonly trace?: TraceContext
}

/** Times here and below: integer milliseconds since the Unix epoch by the database's clock. */
export interface Augmentation {
  readonly id: string
  readonly tenant: string
  readonly requestId?: string
  readonly scenario: string
  readonly spec: unknown
  readonly labels: Readonly<Record<string, string>>
  readonly priority: Priority
  readonly state: AugmentationState
  /** The first failure that could not be mended. */
  readonly failure?: Failure
  readonly createdAt: number
  readonly startedAt?: number
  readonly endedAt?: number
  readonly deadlineAt?: number
  /** Rises with every change of state, labels or priority and with every task that ends or fails. */
  readonly revision: number
  readonly taskCounts: Readonly<Record<TaskState, number>>
}

export interface Task {
  /** `{augmentation}/{key}`. */
  readonly id: string
  readonly augmentation: string
  readonly key: string
  readonly tenant: string
  readonly stage: Stage
  readonly priority: Priority
  readonly state: TaskState
  readonly failures: number
  readonly maxFailures: number
  readonly input: unknown
  readonly outputs: Readonly<Record<string, BlobRef>>
  readonly failure?: Failure
  readonly createdAt: number
  readonly updatedAt: number
  readonly leaseUntil?: number
  readonly retryAt?: number
}

export interface Attempt {
  readonly fence: number
  readonly worker: string
  readonly startedAt: number
  readonly endedAt?: number
  readonly outcome: AttemptOutcome
  readonly failure?: Failure
}

export interface TaskDetails extends Task {
  /** Keys. */
  readonly needs: readonly string[]
  readonly attempts: readonly Attempt[]
}

/** A finished variant. */
export interface Variant {
  /** Names it within its augmentation, such as "front.rain-night". */
  readonly key: string
  readonly camera: string
  /** Look, size, frames and the like; plain JSON. */
  readonly attributes: unknown
  /** Path within the variant to content. */
  readonly files: Readonly<Record<string, BlobRef>>
}

export interface StoredVariant extends Variant {
  readonly augmentation: string
  readonly createdAt: number
}

/** A page of what is listed by the order in which it was made. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** Give it as `after` for the next page; undefined on the last. */
  readonly next?: string
}
