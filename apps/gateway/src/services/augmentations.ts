import {
  AugmentationService,
  create,
  DeleteAugmentationResponseSchema,
  toJson,
  AugmentationSchema,
  WatchAugmentationResponseSchema,
} from '@virga/contracts'
import { augmentationFilter, newestFirst } from '@virga/catalog'
import { isVirgaError, VirgaError } from '@virga/errors'
import { admit, checkAugmentation, createAugmentation, type CreationPorts, watchAugmentation } from '@virga/orchestration'
import { type Call, type Implementation, implementation } from '@virga/platform'
import { augmentationMessage, specMessage } from '../convert/augmentation.ts'
import { taskMessage } from '../convert/task.ts'
import { revisionOf } from '../etag.ts'
import type { GatewayHost } from '../gateway-host.ts'
import { pageOf, tokenOf } from '../paging.ts'
import { idOf, notFound } from '../resource-names.ts'
import { augmentationChange } from './augmentation-change.ts'

export function augmentations(host: GatewayHost): Implementation {
  const stored = () => host.backends().catalog.augmentations
  const ports = (): CreationPorts => ({
    augmentations: stored(),
    admit: (tenant, spec) => {
      const scenarios = { find: (of: string, id: string) => host.backends().catalog.scenarios.get(of, id) }
      return admit({ scenarios, bundles: host.bundles, limits: host.limits }, tenant, spec)
    },
  })
  const caller = ({ identity }: Call) => ({ tenant: identity.tenant, trace: host.telemetry.inject() })

  return implementation(AugmentationService, {
    async createAugmentation({ augmentation, augmentationId, requestId, validateOnly }, call) {
      if (augmentation === undefined)
        throw new VirgaError('VIRGA_BAD_INPUT', 'no augmentation was given', { field: 'augmentation', expected: 'what to make' })
      const request = {
        augmentation: toJson(AugmentationSchema, augmentation),
        ...(augmentationId === '' ? {} : { augmentationId }),
        ...(requestId === '' ? {} : { requestId }),
      }
      if (validateOnly) {
        const { id, spec } = await checkAugmentation(ports(), caller(call), request)
        return specMessage(id, spec)
      }
      return augmentationMessage((await createAugmentation(ports(), caller(call), request)).augmentation)
    },

    async getAugmentation({ name }, { identity }) {
      const found = await stored().get(identity.tenant, idOf('augmentation', name))
      if (found === undefined) throw notFound(name)
      return augmentationMessage(found)
    },

    async listAugmentations(request, { identity }) {
      const { filter, orderBy } = request
      const question = ['augmentations', filter, orderBy]
      const query = { ...augmentationFilter(filter), oldestFirst: !newestFirst(orderBy) }
      const { items, next } = await stored().list({ tenant: identity.tenant, ...query, ...pageOf(request, question) })
      return {
        $typeName: 'virga.v1.ListAugmentationsResponse',
        augmentations: items.map(augmentationMessage),
        nextPageToken: tokenOf(next, question),
      }
    },

    async updateAugmentation({ augmentation, updateMask }, { identity }) {
      if (augmentation === undefined)
        throw new VirgaError('VIRGA_BAD_INPUT', 'no augmentation was given', { field: 'augmentation', expected: 'name and what to change' })
      const id = idOf('augmentation', augmentation.name, 'augmentation.name')
      const ifRevision = revisionOf(augmentation.etag)
      const change = augmentationChange(augmentation, updateMask?.paths)
      return augmentationMessage(
        await stored().update(identity.tenant, id, { ...change, ...(ifRevision === undefined ? {} : { ifRevision }) }),
      )
    },

    async *watchAugmentation({ name, afterRevision }, { identity, signal }) {
      const id = idOf('augmentation', name)
      if (afterRevision < 0n)
        throw new VirgaError('VIRGA_BAD_INPUT', 'a revision below 0', { field: 'after_revision', expected: '0 or a revision' })
      const feed = host.feed()
      const changes = watchAugmentation(
        { augmentations: stored(), ...(feed === undefined ? {} : { feed }) },
        { tenant: identity.tenant, id, afterRevision: Number(afterRevision), signal },
      )
      for await (const change of changes) {
        yield create(WatchAugmentationResponseSchema, {
          change:
            change.kind === 'augmentation'
              ? { case: 'augmentation', value: augmentationMessage(change.augmentation) }
              : { case: 'task', value: taskMessage(change.task) },
        })
      }
    },

    async cancelAugmentation({ name }, { identity }) {
      return augmentationMessage(await stored().cancel(identity.tenant, idOf('augmentation', name)))
    },

    async deleteAugmentation({ name, etag, force, allowMissing }, { identity }) {
      const ifRevision = revisionOf(etag)
      const options = { force, ...(ifRevision === undefined ? {} : { ifRevision }) }
      try {
        await stored().remove(identity.tenant, idOf('augmentation', name), options)
      } catch (error) {
        if (!(allowMissing && isVirgaError(error) && error.code === 'VIRGA_NOT_FOUND')) throw error
      }
      return create(DeleteAugmentationResponseSchema)
    },
  })
}
