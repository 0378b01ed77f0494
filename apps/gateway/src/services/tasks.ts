import { taskFilter } from '@virga/catalog'
import { create, DownloadTaskOutputResponseSchema, TaskService } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { type Implementation, implementation } from '@virga/platform'
import { taskMessage } from '../convert/task.ts'
import { downloadParts } from '../download-parts.ts'
import type { GatewayHost } from '../gateway-host.ts'
import { pageOf, tokenOf } from '../paging.ts'
import { childOf, idOf, notFound } from '../resource-names.ts'

export function tasks(host: GatewayHost): Implementation {
  const stored = () => host.backends().catalog.augmentations
  const find = async (tenant: string, name: string) => {
    const { augmentation, key } = childOf('tasks', name)
    const found = await stored().getTask(tenant, augmentation, key)
    if (found === undefined) throw notFound(name)
    return found
  }
  return implementation(TaskService, {
    async getTask({ name }, { identity }) {
      return taskMessage(await find(identity.tenant, name))
    },
    async listTasks(request, { identity }) {
      const { parent, filter } = request
      const augmentation = idOf('augmentation', parent, 'parent')
      const question = ['tasks', parent, filter]
      const query = { ...taskFilter(filter), ...pageOf(request, question) }
      if ((await stored().get(identity.tenant, augmentation)) === undefined) throw notFound(parent, 'parent')
      const { items, next } = await stored().tasks({ augmentation, ...query })
      return { $typeName: 'virga.v1.ListTasksResponse', tasks: items.map(taskMessage), nextPageToken: tokenOf(next, question) }
    },
    async *downloadTaskOutput({ name, output, offsetBytes }, { identity }) {
      const { outputs } = await find(identity.tenant, name)
      const ref = Object.hasOwn(outputs, output) ? outputs[output] : undefined
      if (ref === undefined) {
        const there = Object.keys(outputs).join(', ') || 'none yet'
        throw new VirgaError('VIRGA_NOT_FOUND', `the task has no output "${output}"`, { field: 'output', expected: `one of: ${there}` })
      }
      for await (const part of downloadParts(host.backends().store, ref, offsetBytes)) yield create(DownloadTaskOutputResponseSchema, part)
    },
  })
}
