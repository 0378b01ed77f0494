import { type ClaimedTask, type Failure, failureOf, runClaimed, type RunOutcome } from '@virga/catalog'
import { traceOf } from '../events/trace-of.ts'
import { patientWork } from './patient-work.ts'
import type { WorkerOptions } from './run-worker.ts'

/** Does one claimed task and tells of it. Never throws: what the catalog does not hear of is taken over when the lease runs out. */
export async function doTask(options: WorkerOptions, task: ClaimedTask): Promise<void> {
  const { perform, signal, onEvent } = options
  const { stage, tenant, failures, lease } = task
  const trace = traceOf(task)
  const facts = { task: lease.task, stage, tenant, ...(trace.traceparent === undefined ? {} : { trace }) }
  const work = patientWork(options, task)
  const started = performance.now()
  let failure: Failure | undefined
  onEvent?.({ kind: 'claimed', failures, ...facts })
  const outcome = await runClaimed(
    work,
    task,
    async (claimed, stop) => {
      try {
        return await perform(claimed, { signal: stop, trace })
      } catch (error) {
        failure = failureOf(error)
        throw error
      }
    },
    { handBack: signal },
  )
    // The end itself was refused, as for new tasks that are no graph: that is how the try failed.
    .catch(async (error: unknown): Promise<RunOutcome> => {
      failure = failureOf(error)
      return (await work.fail(lease, failure)).outcome
    })
    .catch((error: unknown): RunOutcome => {
      onEvent?.({ kind: 'trouble', loop: 'worker', error, waitMs: 0 })
      return 'lost'
    })
  const seconds = (performance.now() - started) / 1000
  onEvent?.({ kind: 'ended', outcome, seconds, ...(failure === undefined ? {} : { failure }), ...facts })
  if (outcome === 'dead' && failure !== undefined)
    onEvent?.({ kind: 'dead-letter', reason: failure.reason, message: failure.message, tenant })
}
