import { VirgaError } from '@virga/errors'
import { Connection, type MinioAccess } from './connection.ts'
import { factsOf, listObjects, readObject } from './objects.ts'

/** Objects that are not ours: the logs that scenarios are registered from. Read, never written. */
export interface ObjectReader {
  /** Every object below a prefix, keys ascending; `key` is the whole key. Empty "folders" are left out. */
  list(where: { readonly bucket: string; readonly prefix: string }): AsyncIterable<{ readonly key: string; readonly size: number }>
  /**
   * The object's bytes; without `size` the server is asked first.
   *
   * @throws VirgaError VIRGA_BAD_INPUT when there is none; VIRGA_DIGEST_MISMATCH when its size is another than was listed
   */
  get(object: { readonly bucket: string; readonly key: string; readonly size?: number }): AsyncIterable<Uint8Array>
}

/** @throws VirgaError VIRGA_USAGE for an endpoint that is no address; its calls throw VIRGA_UNAVAILABLE naming address and bucket */
export function openMinioObjects(access: MinioAccess): ObjectReader {
  const connections = new Map<string, Connection>()
  const to = (bucket: string): Connection => {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
      throw new VirgaError('VIRGA_USAGE', `"${bucket}" is no name of a bucket`, {
        field: 'bucket',
        expected: '3 to 63 of a-z, 0-9, . and -',
      })
    }
    const known = connections.get(bucket) ?? new Connection(access, bucket)
    connections.set(bucket, known)
    return known
  }
  return {
    async *list({ bucket, prefix }) {
      for await (const { name, size } of listObjects(to(bucket), prefix)) if (!name.endsWith('/')) yield { key: name, size }
    },
    async *get({ bucket, key, size }) {
      const connection = to(bucket)
      const bytes = size ?? (await factsOf(connection, key))?.size
      if (bytes === undefined) throw new VirgaError('VIRGA_BAD_INPUT', 'there is no such object', { file: `${connection.where}/${key}` })
      yield* readObject(connection, key, bytes, 0, bytes)
    },
  }
}
