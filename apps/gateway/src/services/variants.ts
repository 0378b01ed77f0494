import { type StoredVariant, variantFilter } from '@virga/catalog'
import {
  create,
  DownloadVariantResponseSchema,
  durationMs,
  PresignVariantFileResponseSchema,
  timestampFromMs,
  VariantService,
} from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { type Implementation, implementation } from '@virga/platform'
import { blobMessage } from '../convert/common.ts'
import { mediaTypeOf, variantMessage } from '../convert/variant.ts'
import { downloadParts } from '../download-parts.ts'
import type { GatewayHost } from '../gateway-host.ts'
import { pageOf, tokenOf } from '../paging.ts'
import { childOf, idOf, notFound } from '../resource-names.ts'

const usualTtlSeconds = 15 * 60
const longestTtlSeconds = 7 * 24 * 3600

export function variants(host: GatewayHost): Implementation {
  const stored = () => host.backends().catalog.augmentations
  const find = async (tenant: string, name: string): Promise<StoredVariant> => {
    const { augmentation, key } = childOf('variants', name)
    const found = await stored().getVariant(tenant, augmentation, key)
    if (found === undefined) throw notFound(name)
    return found
  }
  return implementation(VariantService, {
    async getVariant({ name }, { identity }) {
      return variantMessage(await find(identity.tenant, name))
    },
    async listVariants(request, { identity }) {
      const { parent, filter } = request
      const { tenant } = identity
      const question = ['variants', parent, filter]
      const query = { ...variantFilter(filter), ...pageOf(request, question) }
      const augmentation = parent === 'augmentations/-' ? undefined : idOf('augmentation', parent, 'parent')
      if (augmentation !== undefined && (await stored().get(tenant, augmentation)) === undefined) throw notFound(parent, 'parent')
      const whose = augmentation === undefined ? { tenant } : { tenant, augmentation }
      const { items, next } = await stored().variants({ ...whose, ...query })
      return { $typeName: 'virga.v1.ListVariantsResponse', variants: items.map(variantMessage), nextPageToken: tokenOf(next, question) }
    },
    async presignVariantFile({ name, path, ttl }, { identity }) {
      const seconds = ttl === undefined ? usualTtlSeconds : durationMs(ttl) / 1000
      if (seconds < 1 || seconds > longestTtlSeconds) {
        throw new VirgaError('VIRGA_OUT_OF_RANGE', `a URL for ${seconds} s`, { field: 'ttl', expected: '1 second to 7 days' })
      }
      const variant = await find(identity.tenant, name)
      const file = fileOf(variant, path)
      const { store } = host.backends()
      if (store.presign === undefined) {
        throw new VirgaError('VIRGA_WRONG_STATE', 'this installation keeps its files in a folder, which has no URLs', {
          expected: 'DownloadVariant',
        })
      }
      const filename = `${variant.key}.${file.path.replaceAll('/', '-')}`
      const { url, expiresAt } = await store.presign(file.ref, {
        ttlSeconds: Math.floor(seconds),
        filename,
        mediaType: mediaTypeOf(file.path),
      })
      return create(PresignVariantFileResponseSchema, { url, blob: blobMessage(file.ref), expireTime: timestampFromMs(expiresAt) })
    },
    async *downloadVariant({ name, path, offsetBytes }, { identity }) {
      const { ref } = fileOf(await find(identity.tenant, name), path)
      for await (const part of downloadParts(host.backends().store, ref, offsetBytes)) yield create(DownloadVariantResponseSchema, part)
    },
  })
}

function fileOf({ files }: StoredVariant, asked: string) {
  const path = asked === '' ? 'video.mp4' : asked
  const ref = Object.hasOwn(files, path) ? files[path] : undefined
  if (ref === undefined) {
    throw new VirgaError('VIRGA_NOT_FOUND', `the variant has no file "${path.slice(0, 300)}"`, {
      field: 'path',
      expected: `one of: ${Object.keys(files).join(', ')}`,
    })
  }
  return { path, ref }
}
