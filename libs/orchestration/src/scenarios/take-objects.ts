import { type BlobRef, type BlobStore, throwIfCancelled } from '@virga/augmentation'
import { VirgaError } from '@virga/errors'

/** Port to object stores that scenarios may be taken from; which buckets may be read is up to the adapter. */
export interface ObjectReader {
  /** Objects below a prefix that ends with "/". @throws VirgaError VIRGA_NOT_FOUND for a bucket that is not there, VIRGA_FORBIDDEN, VIRGA_UNAVAILABLE */
  list(bucket: string, prefix: string): AsyncIterable<{ readonly key: string; readonly size: number }>
  read(bucket: string, key: string): AsyncIterable<Uint8Array>
}

/** What one registration may take. */
const largestBytes = 256 * 2 ** 30
const largestCount = 200_000

/**
 * Takes the objects below a prefix into the store.
 *
 * @throws VirgaError VIRGA_BAD_INPUT when there is none, VIRGA_TOO_LARGE; those of the reader and the store
 */
export async function takeObjects(
  store: BlobStore,
  objects: ObjectReader,
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
  signal?: AbortSignal,
): Promise<Record<string, BlobRef>> {
  const uri = `s3://${bucket}/${prefix}`
  const files: Record<string, BlobRef> = {}
  let [count, bytes] = [0, 0]
  for await (const { key, size } of objects.list(bucket, prefix)) {
    throwIfCancelled(signal)
    // Consoles mark folders by empty objects.
    if (key.endsWith('/')) continue
    count++
    bytes += size
    if (count > largestCount || bytes > largestBytes)
      throw new VirgaError('VIRGA_TOO_LARGE', 'too much below the prefix', {
        file: uri,
        field: 'uri',
        expected: `at most ${largestCount} objects of ${largestBytes} bytes together`,
      })
    files[key.slice(prefix.length)] = await store.put(objects.read(bucket, key))
  }
  if (count === 0)
    throw new VirgaError('VIRGA_BAD_INPUT', 'there is nothing below the prefix', { file: uri, field: 'uri', expected: 'a log' })
  return files
}
