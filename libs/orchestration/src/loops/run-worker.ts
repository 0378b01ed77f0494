import { setImmediate } from 'node:timers/promises'
import type { ClaimedTask, DeadLetters, TaskResult, WorkQueue } from '@virga/catalog'
import type { Stage } from '@virga/contracts'
import type { OnEvent, Trace } from '../events/loop-event.ts'
import type { MessageBus } from '../ports/message-bus.ts'
import { Bell } from './bell.ts'
import { doTask } from './do-task.ts'
import { Hints } from './hints.ts'
import { backOffMs, jittered, pause } from './patience.ts'

export interface PerformContext {
  /** Fires when the task was cancelled, its lease is gone or the worker ends: stop soon. */
  readonly signal: AbortSignal
  /** The trace of the request that the task comes from. */
  readonly trace?: Trace
}

export type Perform = (task: ClaimedTask, context: PerformContext) => Promise<TaskResult>

export interface WorkerOptions {
  readonly work: WorkQueue
  /** Brings hints that there is work; without one, polling alone finds it. */
  readonly bus?: MessageBus
  /** Keeps hints that cannot be read, beside their topic of dead letters. */
  readonly deadLetters?: DeadLetters
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

/**
 * Takes tasks of some stages and does them until the signal fires; resolves when it holds none any more.
 *
 * Hints only say when to look: a claim takes the most urgent tasks that there are, as many as there are free slots. While all slots are
 * taken the topics are paused. A catalog that is away is waited for, both for claims and for the ends of tasks.
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { work, stages, worker, concurrency = 1, leaseMs = 30_000, pollMs = 5000, signal, onEvent } = options
  const bell = new Bell()
  const hints = new Hints(options, bell)
  const running = new Set<Promise<void>>()
  let nextPoll = 0
  let failures = 0

  const begin = (task: ClaimedTask): void => {
    const run = doTask(options, task).finally(() => {
      running.delete(run)
      bell.ring()
    })
    running.add(run)
  }
  const lookAt = async (stage: Stage): Promise<void> => {
    while (hints.expected(stage) && running.size < concurrency && !signal.aborted) {
      const limit = concurrency - running.size
      const tasks = await work.claim({ stage, worker, leaseMs, limit })
      hints.found(stage, tasks.length, limit)
      tasks.forEach(begin)
    }
  }

  for (let turn = 0; !signal.aborted; turn++) {
    if (Date.now() >= nextPoll) {
      nextPoll = Date.now() + jittered(pollMs)
      hints.lookEverywhere()
    }
    try {
      // Each stage is the first in turn, so that none starves beside a full one.
      for (let i = 0; i < stages.length; i++) await lookAt(stages[(turn + i) % stages.length])
      failures = 0
      onEvent?.({ kind: 'beat', loop: 'worker' })
    } catch (error) {
      const waitMs = backOffMs(++failures)
      onEvent?.({ kind: 'trouble', loop: 'worker', error, waitMs })
      await pause(waitMs, signal)
      continue
    }
    hints.hold(running.size >= concurrency)
    await bell.wait(Math.max(nextPoll - Date.now(), 1), signal)
    await setImmediate() // those that end or are announced together are seen together
  }
  await Promise.all([hints.close(), ...running])
}
