import type { BlobStoreAdmin } from '@virga/augmentation'
import { VirgaError } from '@virga/errors'

const dayMs = 24 * 3_600_000
/** Entries that only say what is in the store already: results of stages by their key, digests of files by their facts. */
const cacheKinds = ['stages', 'file-digests'] as const
const forgetAtOnce = 500
const tellEvery = 1000

export interface GarbageOptions {
  readonly admin: BlobStoreAdmin
  /** SHA-256 of every blob that the catalog keeps, ascending: `catalog.blobs.referenced`. */
  readonly referenced: () => AsyncIterable<string>
  /** Told of blobs that are gone: `catalog.blobs.forget`. */
  readonly forget?: (digests: readonly string[]) => Promise<void>
  /**
   * What nothing keeps is removed when it was neither put nor used for so long, ms; default 7 days. Results of stages that a later run could go
   * on from are such blobs, so this is also how long they are kept.
   */
  readonly safeAgeMs?: number
  /** Entries of caches are removed when they were not written for so long, ms; default 30 days. */
  readonly entryAgeMs?: number
  /** Counts, and removes nothing. */
  readonly dryRun?: boolean
  readonly signal?: AbortSignal
  /** Every thousand blobs. */
  readonly onProgress?: (report: GarbageReport) => void
}

export interface GarbageReport {
  /** Blobs that the catalog keeps. */
  readonly kept: number
  /** Blobs that nothing keeps, and that are too young. */
  readonly young: number
  readonly removed: { readonly blobs: number; readonly bytes: number }
  /** Entries of caches that were removed. */
  readonly entries: number
  /** Unfinished files of killed writers that were removed. */
  readonly leftovers: number
}

/**
 * Removes the blobs that nothing keeps and nobody has used for a while, while everybody else goes on working.
 *
 * Catalog and store are walked side by side in the order of the digests, so memory does not grow with them. What begins to be kept meanwhile
 * was put or verified for it, which makes it young, and the store looks at the age once more when it removes. A collection that is killed or
 * aborted has removed what it has removed; the next one goes on.
 *
 * @throws VirgaError VIRGA_USAGE when `safeAgeMs` is below what the store can tell; what store and catalog throw
 */
export async function collectGarbage(options: GarbageOptions): Promise<GarbageReport> {
  const { admin, referenced, forget, safeAgeMs = 7 * dayMs, entryAgeMs = 30 * dayMs, dryRun = false, signal, onProgress } = options
  if (safeAgeMs < admin.leastAgeMs) {
    throw new VirgaError('VIRGA_USAGE', `a safe age of ${safeAgeMs} ms`, {
      field: 'safeAgeMs',
      expected: `at least ${admin.leastAgeMs} ms`,
    })
  }
  let [kept, young, blobs, bytes, entries, leftovers, seen] = [0, 0, 0, 0, 0, 0, 0]
  const report = (): GarbageReport => ({ kept, young, removed: { blobs, bytes }, entries, leftovers })
  let gone: string[] = []
  const tellCatalog = async () => {
    if (gone.length > 0) await forget?.(gone)
    gone = []
  }
  const keeping = new Ascending(referenced())
  try {
    for await (const { sha256, size, ageMs } of admin.listBlobs()) {
      signal?.throwIfAborted()
      if (++seen % tellEvery === 0) onProgress?.(report())
      if (await keeping.has(sha256)) kept++
      else if (ageMs < safeAgeMs || !(dryRun || (await admin.removeBlob(sha256, { olderThanMs: safeAgeMs })))) young++
      else {
        blobs++
        bytes += size
        if (!dryRun && gone.push(sha256) >= forgetAtOnce) await tellCatalog()
      }
    }
  } finally {
    await keeping.close()
    await tellCatalog()
  }
  for (const kind of cacheKinds) {
    for await (const { key, ageMs } of admin.listEntries(kind)) {
      signal?.throwIfAborted()
      if (ageMs >= entryAgeMs && (dryRun || (await admin.removeEntry(kind, key, { olderThanMs: entryAgeMs })))) entries++
    }
  }
  if (!dryRun) leftovers = await admin.removeLeftovers({ olderThanMs: Math.max(safeAgeMs, admin.leastAgeMs) })
  return report()
}

/** Asks an ascending list, read once, for ascending values. */
class Ascending {
  readonly #list: AsyncIterator<string>
  #at: string | undefined
  #started = false

  constructor(list: AsyncIterable<string>) {
    this.#list = list[Symbol.asyncIterator]()
  }

  async has(value: string): Promise<boolean> {
    while (!this.#started || (this.#at !== undefined && this.#at < value)) {
      this.#started = true
      const next = await this.#list.next()
      this.#at = next.done === true ? undefined : next.value
    }
    return this.#at === value
  }

  async close(): Promise<void> {
    await this.#list.return?.()
  }
}
