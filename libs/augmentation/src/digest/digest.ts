import { createHash } from 'node:crypto'
import { canonicalJson } from './canonical-json.ts'

/** Lower-case hex SHA-256 of the value's canonical JSON. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}
