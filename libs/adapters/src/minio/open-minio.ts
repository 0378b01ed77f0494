import type { BlobStore, BlobStoreAdmin } from '@virga/augmentation'
import { VirgaError } from '@virga/errors'
import type { Scratch } from '../filesystem/scratch.ts'
import { Connection, type MinioAccess } from './connection.ts'
import { MinioBlobAdmin } from './minio-blob-admin.ts'
import { MinioBlobStore } from './minio-blob-store.ts'
import { requireBucket } from './objects.ts'

export interface MinioBucket extends MinioAccess {
  readonly bucket: string
  /** A blob that is put or verified again is made young when it is older than this, ms; default an hour. The same for store and admin. */
  readonly renewAfterMs?: number
}

export interface MinioStoreOptions extends MinioBucket {
  /** The server's address as those who get presigned URLs reach it; default the endpoint. */
  readonly publicUrl?: string
  /** For unfinished files; more than 4 MiB of a stream go there before they are sent. */
  readonly scratch: Scratch
  /** Size of the parts of an upload, bytes; 5 MiB or more, default 16 MiB. Three of them are in memory at once. */
  readonly partBytes?: number
}

const hourMs = 3_600_000
const [leastPart, usualPart] = [5 << 20, 16 << 20]

/**
 * Opens the blob store in a bucket of an S3 server (MinIO), which `applyStorage` has made.
 *
 * @throws VirgaError VIRGA_UNAVAILABLE naming address and bucket when the server does not answer, refuses the credentials or has no such
 *   bucket; VIRGA_USAGE for an endpoint that is no address, no credentials or too small parts
 */
export async function openMinioStore(options: MinioStoreOptions): Promise<BlobStore> {
  const { bucket, scratch, publicUrl = options.endpoint, partBytes = usualPart, renewAfterMs = hourMs } = options
  if (partBytes < leastPart) {
    throw new VirgaError('VIRGA_USAGE', `parts of ${partBytes} bytes`, { field: 'partBytes', expected: `at least ${leastPart}` })
  }
  const connection = new Connection(options, bucket)
  const published = new Connection({ ...options, endpoint: publicUrl }, bucket)
  await requireBucket(connection)
  return new MinioBlobStore({ connection, published, scratch, partBytes, renewAfterMs })
}

/** What garbage collection works on. @throws VirgaError as `openMinioStore` */
export async function openMinioAdmin(options: MinioBucket): Promise<BlobStoreAdmin> {
  const connection = new Connection(options, options.bucket)
  await requireBucket(connection)
  return new MinioBlobAdmin(connection, 2 * (options.renewAfterMs ?? hourMs))
}
