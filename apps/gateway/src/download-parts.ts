import type { BlobRef, BlobStore } from '@virga/augmentation'
import type { Blob } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { blobMessage } from './convert/common.ts'

/** Largest chunk of a download, as the API promises. */
const largestChunk = 256 * 1024

/**
 * A blob in parts, from an offset on; the first part names the whole blob. Bytes before the offset are read too: the digest is checked over
 * all of them, so a download that was resumed is as safe as one in one go.
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE for an offset beyond the end; VIRGA_DIGEST_MISMATCH and the like of the store
 */
export async function* downloadParts(
  store: BlobStore,
  ref: BlobRef,
  offsetBytes: bigint,
): AsyncGenerator<{ readonly blob?: Blob; readonly chunk: Uint8Array<ArrayBuffer> }> {
  const offset = Number(offsetBytes)
  if (offset < 0 || offset > ref.size) {
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `offset ${offset} of a file of ${ref.size} bytes`, {
      field: 'offset_bytes',
      expected: `0 to ${ref.size}`,
    })
  }
  let first: { blob: Blob } | undefined = { blob: blobMessage(ref) }
  let left = offset
  for await (const bytes of store.get(ref)) {
    const skipped = Math.min(left, bytes.length)
    left -= skipped
    for (let at = skipped; at < bytes.length; at += largestChunk) {
      yield { ...first, chunk: Uint8Array.from(bytes.subarray(at, at + largestChunk)) }
      first = undefined
    }
  }
  if (first !== undefined) yield { ...first, chunk: new Uint8Array() }
}
