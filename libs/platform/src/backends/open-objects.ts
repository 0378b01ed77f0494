import { VirgaError } from '@virga/errors'
import type { ObjectReader } from '@virga/orchestration'
import type { BackendConfig } from '../config/backend-config.ts'

/**
 * The object store beside the blobs, for logs that are registered from there; undefined where blobs lie in a folder.
 *
 * @param buckets those that may be read; others throw VIRGA_FORBIDDEN, so that nobody reads another's data by way of this service
 */
export async function openObjects({ store }: BackendConfig, buckets: readonly string[]): Promise<ObjectReader | undefined> {
  if (store.kind !== 's3' || buckets.length === 0) return undefined
  const { openMinioObjects } = await import('@virga/adapters/minio')
  const reader = openMinioObjects(store)
  const allow = (bucket: string): void => {
    if (buckets.includes(bucket)) return
    throw new VirgaError('VIRGA_FORBIDDEN', `bucket ${bucket} may not be read`, { field: 'uri', expected: `one of: ${buckets.join(', ')}` })
  }
  return {
    async *list(bucket, prefix) {
      allow(bucket)
      yield* reader.list({ bucket, prefix })
    },
    async *read(bucket, key) {
      allow(bucket)
      yield* reader.get({ bucket, key })
    },
  }
}
