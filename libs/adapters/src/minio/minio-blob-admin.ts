import type { BlobStoreAdmin, StoredBlob, StoredEntry } from '@virga/augmentation'
import { VirgaError } from '@virga/errors'
import { removeCondemned } from './condemned.ts'
import type { Connection } from './connection.ts'
import { blobObject, entryObject, factsOf, listObjects, removeObject, requireBucket } from './objects.ts'

/** Collection in a bucket; how it is safe stands in `condemned.ts`. */
export class MinioBlobAdmin implements BlobStoreAdmin {
  readonly leastAgeMs: number
  readonly #connection: Connection

  constructor(connection: Connection, leastAgeMs: number) {
    this.#connection = connection
    this.leastAgeMs = leastAgeMs
  }

  async *listBlobs({ after = '' }: { readonly after?: string } = {}): AsyncGenerator<StoredBlob> {
    const { serverMs } = await requireBucket(this.#connection)
    for await (const { name, size, modifiedMs } of listObjects(this.#connection, 'blobs/', after === '' ? '' : blobObject(after))) {
      const sha256 = name.slice(name.lastIndexOf('/') + 1)
      if (/^[0-9a-f]{64}$/.test(sha256)) yield { sha256, size, ageMs: Math.max(0, serverMs - modifiedMs) }
    }
  }

  async removeBlob(sha256: string, { olderThanMs }: { readonly olderThanMs: number }): Promise<boolean> {
    if (olderThanMs < this.leastAgeMs) {
      throw new VirgaError('VIRGA_USAGE', `blobs of ${olderThanMs} ms may be in use`, {
        field: 'olderThanMs',
        expected: `at least ${this.leastAgeMs} ms`,
      })
    }
    return removeCondemned(this.#connection, sha256, olderThanMs)
  }

  async *listEntries(kind: string, { after = '' }: { readonly after?: string } = {}): AsyncGenerator<StoredEntry> {
    const { serverMs } = await requireBucket(this.#connection)
    const prefix = `entries/${kind}/`
    for await (const { name, modifiedMs } of listObjects(this.#connection, prefix, after === '' ? '' : entryObject(kind, after))) {
      if (name.endsWith('.json')) yield { key: name.slice(prefix.length, -'.json'.length), ageMs: Math.max(0, serverMs - modifiedMs) }
    }
  }

  async removeEntry(kind: string, key: string, { olderThanMs }: { readonly olderThanMs: number }): Promise<boolean> {
    const facts = await factsOf(this.#connection, entryObject(kind, key))
    if (facts === undefined || facts.ageMs < olderThanMs) return false
    await removeObject(this.#connection, entryObject(kind, key))
    return true
  }

  /** Notes of collectors that died. What uploads left is removed by the server: the bucket's lifecycle says when. */
  async removeLeftovers({ olderThanMs }: { readonly olderThanMs: number }): Promise<number> {
    const { serverMs } = await requireBucket(this.#connection)
    let removed = 0
    for await (const { name, modifiedMs } of listObjects(this.#connection, 'condemned/')) {
      if (serverMs - modifiedMs < Math.max(olderThanMs, 60_000)) continue
      await removeObject(this.#connection, name)
      removed += 1
    }
    return removed
  }
}
