import type { BlobRef, BlobStore } from '@virga/augmentation'
import type { Blob } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { blobMessage } from './convert/common.ts'

/** Largest chunk of a download, as the API promises. */
const largestChunk = 256 * 1024

/**
 * A blob in parts, from an offset on; the first part names the whole blob. The digest is checked on the way where all of it is read; who goes
 * on in the middle checks the whole that was put together.
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
  for await (const bytes of offset === 0 ? store.get(ref) : store.getRange(ref, offset)) {
    for (let at = 0; at < bytes.length; at += largestChunk) {
      yield { ...first, chunk: Uint8Array.from(bytes.subarray(at, at + largestChunk)) }
      first = undefined
    }
  }
  if (first !== undefined) yield { ...first, chunk: new Uint8Array() }
}
