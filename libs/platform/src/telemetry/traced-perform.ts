import type { Progress } from '@virga/augmentation'
import type { ClaimedTask, TaskResult } from '@virga/catalog'
import type { Perform, PerformContext } from '@virga/orchestration'
import { tracedProgress } from './traced-progress.ts'
import type { Telemetry } from './telemetry.ts'

/** The work of a task, told where to report its progress. */
export type TracedWork = (task: ClaimedTask, context: PerformContext & { readonly progress: Progress }) => Promise<TaskResult>

/**
 * Work for a worker loop within a span that goes on with the trace of the request, over the topics, with a span below it for each stage and
 * each diffusion step.
 */
export function tracedPerform(telemetry: Telemetry, progress: Progress, work: TracedWork): Perform {
  return (task, context) => {
    const attributes = {
      'virga.task': task.lease.task,
      'virga.stage': task.stage,
      'virga.tenant': task.tenant,
      'virga.failures': task.failures,
    }
    return telemetry.span(
      `task ${task.stage}`,
      { ...(context.trace === undefined ? {} : { carrier: context.trace }), attributes },
      async () => {
        const traced = tracedProgress(telemetry, progress)
        try {
          return await work(task, { ...context, progress: traced })
        } finally {
          traced.end()
        }
      },
    )
  }
}
