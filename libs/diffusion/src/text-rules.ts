import { VirgaError } from '@virga/errors'

/** Token ids cut or padded to a fixed length, with the mask of real tokens. */
export interface PaddedIds {
  readonly ids: BigInt64Array
  /** 1 on real tokens. */
  readonly mask: BigInt64Array
  /** Number of real tokens. */
  readonly length: number
}

/** Cuts or pads token ids to `length` (cosmos-transfer1, t5_text_encoder.py: truncation, padding to the maximum, pad id 0). */
export function padIds(ids: readonly number[], length: number, padId = 0): PaddedIds {
  const real = Math.min(ids.length, length)
  const result = { ids: new BigInt64Array(length).fill(BigInt(padId)), mask: new BigInt64Array(length), length: real }
  for (let i = 0; i < real; i++) {
    result.ids[i] = BigInt(ids[i])
    result.mask[i] = 1n
  }
  return result
}

/**
 * Sets the rows beyond the real tokens to zero, in place. The zero rows stay: cross-attention runs unmasked, and they take part in its softmax
 * with logit 0 (cosmos-transfer1, t5_text_encoder.py).
 *
 * @param embedding [tokens, width] flat
 */
export function zeroPaddingRows(embedding: Float32Array, width: number, realTokens: number): void {
  if (embedding.length % width !== 0) throw new VirgaError('VIRGA_INTERNAL', `${embedding.length} numbers are no rows of ${width}`)
  embedding.fill(0, Math.min(realTokens * width, embedding.length))
}
