import type { Progress } from '@virga/augmentation'
import type { ClaimedTask, TaskResult } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import type { TaskHost } from './host.ts'

export interface TaskContext {
  readonly signal: AbortSignal
  readonly progress: Progress
}

/**
 * Does a claimed task and gives what came of it; every stage that is finished is found by its key and reused.
 *
 * @throws VirgaError VIRGA_CANCELLED when the signal fires; those of the stages
 */
export function performTask(_host: TaskHost, task: ClaimedTask, _context: TaskContext): Promise<TaskResult> {
  return Promise.reject(new VirgaError('VIRGA_INTERNAL', 'not there yet', { record: task.stage }))
}
