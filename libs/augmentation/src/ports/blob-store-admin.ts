export interface StoredBlob {
  /** Lower-case hex SHA-256, its name. */
  readonly sha256: string
  /** Bytes. */
  readonly size: number
  /** Since it was last put or verified, by the clock of the storage, ms. */
  readonly ageMs: number
}

export interface StoredEntry {
  readonly key: string
  /** Since it was last written, by the clock of the storage, ms. */
  readonly ageMs: number
}

/**
 * Port to what lies in a blob store, for garbage collection.
 *
 * The promise that makes collection safe while others write: a `put` or `verify` that has succeeded makes the blob young, and a removal that
 * runs at the same moment either sees that and leaves the blob, or has removed it before, and then the `put` has written it anew and the
 * `verify` has said false.
 */
export interface BlobStoreAdmin {
  /** Removals below this age are refused: a store may refresh the age of a blob no more often than every so often. ms. */
  readonly leastAgeMs: number
  /** Every finished blob, digests ascending, those above `after` only. Read in pages. */
  listBlobs(options?: { readonly after?: string }): AsyncIterable<StoredBlob>
  /**
   * Removes a blob unless it is younger than `olderThanMs`; true when it was removed.
   *
   * @throws VirgaError VIRGA_USAGE for an age below `leastAgeMs`
   */
  removeBlob(sha256: string, options: { readonly olderThanMs: number }): Promise<boolean>
  /** Every entry of a kind, keys ascending. Read in pages. */
  listEntries(kind: string, options?: { readonly after?: string }): AsyncIterable<StoredEntry>
  /** Removes an entry unless it is younger than `olderThanMs`; true when it was removed. */
  removeEntry(kind: string, key: string, options: { readonly olderThanMs: number }): Promise<boolean>
  /** Removes what killed writers and collectors left behind, when it is older than `olderThanMs`; how many things that were. */
  removeLeftovers(options: { readonly olderThanMs: number }): Promise<number>
}
