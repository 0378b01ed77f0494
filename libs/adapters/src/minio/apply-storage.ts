import { isDeepStrictEqual } from 'node:util'
import type { LifecycleConfig } from 'minio'
import { Connection } from './connection.ts'
import { codeOf, storeError } from './minio-errors.ts'
import type { MinioBucket } from './open-minio.ts'

export interface StorageOutcome {
  /** `bucket NAME` or `lifecycle of NAME`. */
  readonly name: string
  readonly outcome: 'created' | 'changed' | 'unchanged'
  readonly detail?: string
}

/** A rule as the server gives it back; those of others in the bucket are kept as they are. */
interface Rule {
  readonly ID?: string
  readonly [member: string]: unknown
}

/**
 * Notes of a collector that died block nothing after some seconds, but nobody would remove them where collection is never run again. Unfinished
 * uploads need no rule: MinIO removes them by itself after a day, and refuses a rule that says so.
 */
const ours = { ID: 'virga-condemned', Status: 'Enabled', Filter: { Prefix: 'condemned/' }, Expiration: { Days: 1 } }

/**
 * Makes the bucket and its lifecycle what the store expects. Any number of times, by any number of callers: what is right already is left alone.
 *
 * @throws VirgaError VIRGA_UNAVAILABLE naming address and bucket when the server does not answer, refuses the credentials, or the name belongs to
 *   somebody else; VIRGA_USAGE for an endpoint that is no address or a name that is none
 */
export async function applyStorage(options: MinioBucket): Promise<StorageOutcome[]> {
  const connection = new Connection(options, options.bucket)
  try {
    return [await applyBucket(connection), await applyLifecycle(connection)]
  } catch (error) {
    throw storeError(error, connection.where)
  }
}

async function applyBucket(connection: Connection): Promise<StorageOutcome> {
  const { client, bucket, region } = connection
  const name = `bucket ${bucket}`
  if (await connection.patiently(() => client.bucketExists(bucket))) return { name, outcome: 'unchanged' }
  const created = await connection.patiently(async () => {
    try {
      await client.makeBucket(bucket, region)
      return true
    } catch (error) {
      if (codeOf(error) === 'BucketAlreadyOwnedByYou') return false // another caller was faster
      throw error
    }
  })
  return { name, outcome: created ? 'created' : 'unchanged' }
}

async function applyLifecycle(connection: Connection): Promise<StorageOutcome> {
  const { client, bucket } = connection
  const name = `lifecycle of ${bucket}`
  const present = await connection.patiently(() => rulesOf(connection))
  const known = present.find(({ ID }) => ID === ours.ID)
  if (known !== undefined && isDeepStrictEqual(known, ours)) return { name, outcome: 'unchanged' }
  const rules = [...present.filter(({ ID }) => ID !== ours.ID), ours]
  await connection.patiently(() => client.setBucketLifecycle(bucket, { Rule: rules } as unknown as LifecycleConfig))
  return { name, outcome: known === undefined ? 'created' : 'changed', detail: 'notes of dead collectors go after a day' }
}

/** One rule is answered as an object, several as a list. */
async function rulesOf({ client, bucket }: Connection): Promise<readonly Rule[]> {
  try {
    const { Rule: rules } = (await client.getBucketLifecycle(bucket)) as unknown as { readonly Rule?: Rule | readonly Rule[] }
    return rules === undefined ? [] : [rules].flat()
  } catch (error) {
    if (codeOf(error) === 'NoSuchLifecycleConfiguration') return []
    throw error
  }
}
