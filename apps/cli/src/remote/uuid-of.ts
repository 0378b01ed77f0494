import { createHash } from 'node:crypto'
import { canonicalJson } from '@virga/augmentation'

/** A UUID made from content (version 8 of RFC 9562): the same content gives the same one. */
export function uuidOf(content: unknown): string {
  const bytes = createHash('sha256').update(canonicalJson(content)).digest().subarray(0, 16)
  bytes[6] = (bytes[6] & 0x0f) | 0x80
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
