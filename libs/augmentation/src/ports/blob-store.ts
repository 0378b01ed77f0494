/** A content-addressed reference: what messages, stage entries and manifests carry instead of bytes. */
export interface BlobRef {
  /** Lower-case hex SHA-256 of the content. */
  readonly sha256: string
  /** Bytes. */
  readonly size: number
}

export type BlobContent = Uint8Array | AsyncIterable<Uint8Array>

/**
 * Port to where blobs lie. Two kinds of things are kept:
 *
 * - blobs, named by the digest of their content, never changed once written;
 * - entries, small JSON documents under a kind and a key (stage results, digests of input files), replaced as a whole.
 *
 * An adapter gives this promise: a blob or entry is either there in full or not at all, whatever was killed when, and any number
 * of processes may use the store at once. `libs/adapters/test/blob-store.contract.ts` is the suite that every adapter passes.
 */
export interface BlobStore {
  /**
   * Writes a blob and gives its digest and size. Replaces a damaged copy of the same content.
   *
   * @throws VirgaError VIRGA_DISK_FULL, VIRGA_CANNOT_WRITE; whatever the content's iterator throws
   */
  put(content: BlobContent): Promise<BlobRef>
  /** Takes a finished local file into the store; the file is gone from its old place afterwards. */
  putFile(path: string): Promise<BlobRef>
  /**
   * The blob's bytes in order. The digest is checked on the way: the last step throws if the content is not what its name says.
   *
   * @throws VirgaError VIRGA_BAD_INPUT when the blob is not there, VIRGA_DIGEST_MISMATCH when it is damaged
   */
  get(ref: BlobRef): AsyncIterable<Uint8Array>
  /**
   * The bytes from `offset` (bytes, 0 to the size) on, at most `length` of them. A part has no digest: only the size is checked, so who puts
   * parts together checks the whole.
   *
   * @throws VirgaError VIRGA_BAD_INPUT when the blob is not there, VIRGA_OUT_OF_RANGE for an offset beyond the end, VIRGA_DIGEST_MISMATCH when
   *   the stored size is another one
   */
  getRange(ref: BlobRef, offset: number, length?: number): AsyncIterable<Uint8Array>
  /** True when a blob of this name and size is there; its content is not read. */
  has(ref: BlobRef): Promise<boolean>
  /**
   * True when the blob is there and its content has the digest that it is named by. Reads it all. Like `put` it makes the blob young again:
   * what was just verified is not taken for garbage before the safe age is over.
   */
  verify(ref: BlobRef): Promise<boolean>
  /** Writes the blob to a local file: complete and durable before it gets its name. */
  copyTo(ref: BlobRef, path: string): Promise<void>
  /** The parsed JSON of an entry; undefined when there is none or it cannot be parsed. */
  readEntry(kind: string, key: string): Promise<unknown>
  /** Writes an entry, replacing what was there. `value` must survive JSON. */
  writeEntry(kind: string, key: string, value: unknown): Promise<void>
  /**
   * A URL from which anybody can get the blob for a while, without credentials. Absent where the storage has no URLs (a folder): stream it then.
   *
   * @throws VirgaError VIRGA_BAD_INPUT when the blob is not there; VIRGA_OUT_OF_RANGE for a span outside 1 second to 7 days
   */
  presign?(ref: BlobRef, options: PresignOptions): Promise<PresignedUrl>
}

export interface PresignOptions {
  /** Whole seconds, 1 to 604,800 (7 days: the longest that S3 signs for). */
  readonly ttlSeconds: number
  /** The name under which a browser saves it. */
  readonly filename: string
  /** Content-Type of the answer. */
  readonly mediaType: string
}

export interface PresignedUrl {
  readonly url: string
  /** Unix time, ms. */
  readonly expiresAt: number
}
