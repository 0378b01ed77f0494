import { makeVariant } from '@virga/augmentation'
import type { ClaimedTask, TaskResult } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import type { TaskHost } from './host.ts'
import { onCamera } from './on-camera.ts'
import type { TaskContext } from './perform-task.ts'
import { variantRecord } from './variant-record.ts'

/** Makes one variant of one camera. It is in the catalog as soon as the task is done, whatever becomes of the others. */
export function generateTask(host: TaskHost, task: ClaimedTask, context: TaskContext): Promise<TaskResult> {
  return onCamera(host, task, context, async (work) => {
    const { plan, input, stages, rendered } = work
    const planned = plan.variants.find(({ id }) => id === input.variant)
    if (planned === undefined)
      throw new VirgaError('VIRGA_BAD_INPUT', `no variant ${String(input.variant)} in the plan`, { record: task.key, field: 'variant' })
    const { id, ...wish } = planned
    const made = await makeVariant(stages, rendered, { ...wish, name: id })
    const variant = variantRecord(work, planned, made)
    const { 'video.mp4': video, 'manifest.json': manifest } = variant.files
    return { outputs: { 'video.mp4': video, 'manifest.json': manifest }, variants: [variant] }
  })
}
