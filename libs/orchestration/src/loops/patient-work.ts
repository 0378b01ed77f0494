import type { ClaimedTask, WorkQueue } from '@virga/catalog'
import { retryClassOf } from '@virga/errors'
import type { OnEvent } from '../events/loop-event.ts'
import { backOffMs, pause } from './patience.ts'

/** How long the end of a task is offered to a catalog that is away: what was worked out is worth more than the slot. */
const leasesToTry = 10
const shortestTryMs = 120_000
/** The same once the worker has been told to end. */
const partingMs = 5000

/**
 * The queue with patience for the ends of one task. A lease that ran out still holds until somebody takes it away, and an end that is
 * written twice is answered alike, so trying again is safe.
 */
export function patientWork(
  { work, signal, onEvent }: { readonly work: WorkQueue; readonly signal: AbortSignal; readonly onEvent?: OnEvent },
  task: ClaimedTask,
): WorkQueue {
  const patiently = async <Result>(write: () => Promise<Result>): Promise<Result> => {
    const begun = Date.now()
    for (let failures = 1; ; failures++) {
      try {
        return await write()
      } catch (error) {
        const passing = ['soon', 'later'].includes(retryClassOf(error))
        const longest = signal.aborted ? partingMs : Math.max(leasesToTry * task.leaseMs, shortestTryMs)
        const waitMs = signal.aborted ? Math.min(backOffMs(failures), 500) : backOffMs(failures)
        if (!passing || Date.now() + waitMs - begun > longest) throw error
        onEvent?.({ kind: 'trouble', loop: 'worker', error, waitMs })
        await (signal.aborted ? pause(waitMs, new AbortController().signal) : pause(waitMs, signal))
      }
    }
  }
  return {
    claim: (request) => work.claim(request),
    heartbeat: (lease, leaseMs) => work.heartbeat(lease, leaseMs),
    complete: (lease, result) => patiently(() => work.complete(lease, result)),
    fail: (lease, failure) => patiently(() => work.fail(lease, failure)),
    release: (lease) => patiently(() => work.release(lease)),
  }
}
