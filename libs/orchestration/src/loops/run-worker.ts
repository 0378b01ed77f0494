import type { ClaimedTask, TaskResult, WorkQueue } from '@virga/catalog'
import type { Stage } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import type { OnEvent, Trace } from '../events/loop-event.ts'
import type { MessageBus } from '../ports/message-bus.ts'

export interface PerformContext {
  /** Fires when the task was cancelled, its lease is gone or the worker ends: stop soon. */
  readonly signal: AbortSignal
  readonly trace?: Trace
}

export type Perform = (task: ClaimedTask, context: PerformContext) => Promise<TaskResult>

export interface WorkerOptions {
  readonly work: WorkQueue
  /** Brings hints that there is work; without one, polling alone finds it. */
  readonly bus?: MessageBus
  readonly stages: readonly Stage[]
  /** Host, process and a random part. */
  readonly worker: string
  /** Tasks at once, all stages together; default 1. */
  readonly concurrency?: number
  /** How long a task may be held without a heartbeat; default 30 s. */
  readonly leaseMs?: number
  /** How often is looked without a hint, with a jitter of a fifth either way; default 5 s. */
  readonly pollMs?: number
  readonly perform: Perform
  /** Ends the worker: nothing more is claimed, and what it holds is handed back at once. */
  readonly signal: AbortSignal
  readonly onEvent?: OnEvent
}

/** Takes tasks of some stages and does them until the signal fires; resolves when it holds none any more. */
export function runWorker(options: WorkerOptions): Promise<void> {
  return Promise.reject(new VirgaError('VIRGA_INTERNAL', 'not there yet', { record: options.worker }))
}
