import { VirgaError } from '@virga/errors'
import { failureOf } from './failure.ts'
import type { ClaimedTask, TaskResult, WorkQueue } from './ports.ts'

export type RunOutcome = 'accepted' | 'retry' | 'dead' | 'cancelled' | 'lost' | 'released'

export interface RunOptions {
  /** How often a sign of life is given; default a third of the lease. */
  readonly heartbeatMs?: number
  /** Hands the task back when it fires, as on shutdown: no failure is counted. */
  readonly handBack?: AbortSignal
}

/**
 * Does a claimed task under its lease: heartbeats beside the work, and the end of it written with its fence. The signal that the work is
 * given fires when the task was cancelled, the lease is gone or the worker shuts down; the work then has to stop soon, however it ends.
 *
 * A heartbeat that fails, as when the database is away for a moment, is tried again at the next beat: only the catalog can say that the
 * lease is lost.
 *
 * @throws what `complete`, `fail` or `release` throw; the lease then runs out by itself
 */
export async function runClaimed(
  work: WorkQueue,
  task: ClaimedTask,
  perform: (task: ClaimedTask, signal: AbortSignal) => Promise<TaskResult>,
  options: RunOptions = {},
): Promise<RunOutcome> {
  const { lease, leaseMs } = task
  const stop = new AbortController()
  const stopped = (why: Stop) => stop.abort(why)
  const onHandBack = () => stopped('handed-back')
  if (options.handBack?.aborted === true) onHandBack()
  options.handBack?.addEventListener('abort', onHandBack)
  let beating: Promise<void> | undefined
  const timer = setInterval(
    () => {
      beating ??= beat(work, task, stopped).finally(() => (beating = undefined))
    },
    options.heartbeatMs ?? Math.max(Math.floor(leaseMs / 3), 1),
  )
  try {
    const ended = await perform(task, stop.signal).then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    )
    clearInterval(timer)
    await beating
    const why = stop.signal.reason as Stop | undefined
    if (why === 'lost') return 'lost'
    if ('result' in ended) return (await work.complete(lease, ended.result)).outcome
    if (why === 'handed-back') return (await work.release(lease)).outcome
    const error = why === 'cancelled' ? new VirgaError('VIRGA_CANCELLED', 'the augmentation was cancelled') : ended.error
    return (await work.fail(lease, failureOf(error))).outcome
  } finally {
    clearInterval(timer)
    options.handBack?.removeEventListener('abort', onHandBack)
  }
}

type Stop = 'cancelled' | 'lost' | 'handed-back'

async function beat(work: WorkQueue, task: ClaimedTask, stopped: (why: Stop) => void): Promise<void> {
  const state = await work.heartbeat(task.lease, task.leaseMs).catch(() => undefined)
  if (state?.outcome === 'lost') stopped('lost')
  else if (state?.outcome === 'held' && state.cancel) stopped('cancelled')
}
