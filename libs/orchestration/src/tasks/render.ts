import type { ClaimedTask, TaskResult } from '@virga/catalog'
import type { TaskHost } from './host.ts'
import { onCamera } from './on-camera.ts'
import type { TaskContext } from './perform-task.ts'

/** Makes what all variants of a camera share and leaves it in the store. Outputs: `source.mp4`, `conditions/{control}.mp4`. */
export function renderTask(host: TaskHost, task: ClaimedTask, context: TaskContext): Promise<TaskResult> {
  return onCamera(host, task, context, ({ files }) => Promise.resolve({ outputs: files() }))
}
