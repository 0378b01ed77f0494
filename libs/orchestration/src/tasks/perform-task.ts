import type { Progress } from '@virga/augmentation'
import type { ClaimedTask, TaskResult } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import { generateTask } from './generate.ts'
import type { TaskHost } from './host.ts'
import { inspectTask } from './inspect.ts'
import { publishTask } from './publish.ts'
import { renderTask } from './render.ts'

export interface TaskContext {
  readonly signal: AbortSignal
  readonly progress: Progress
}

/**
 * Does a claimed task and gives what came of it; every stage that is finished is found by its key and reused.
 *
 * @throws VirgaError VIRGA_CANCELLED when the signal fires; those of the stages
 */
export function performTask(host: TaskHost, task: ClaimedTask, context: TaskContext): Promise<TaskResult> {
  const perform = stages[task.stage]
  if (perform !== undefined) return perform(host, task, context)
  return Promise.reject(
    new VirgaError('VIRGA_FUTURE_VERSION', `stage ${task.stage}`, { record: task.key, expected: Object.keys(stages).join(', ') }),
  )
}

type Perform = (host: TaskHost, task: ClaimedTask, context: TaskContext) => Promise<TaskResult>
const stages: Partial<Record<ClaimedTask['stage'], Perform>> = {
  inspect: inspectTask,
  render: renderTask,
  generate: generateTask,
  publish: publishTask,
}
