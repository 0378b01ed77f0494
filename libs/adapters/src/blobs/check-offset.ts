import type { BlobRef } from '@virga/augmentation'
import { VirgaError } from '@virga/errors'

/** @throws VirgaError VIRGA_OUT_OF_RANGE when the offset (bytes) is none within the blob or at its end */
export function checkOffset(ref: BlobRef, offset: number): void {
  if (Number.isInteger(offset) && offset >= 0 && offset <= ref.size) return
  throw new VirgaError('VIRGA_OUT_OF_RANGE', `offset ${offset} of a blob of ${ref.size} bytes`, {
    field: 'offset',
    expected: `0 to ${ref.size}`,
  })
}
