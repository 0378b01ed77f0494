import { VirgaError } from '@virga/errors'

/**
 * One spelling for each JSON value, so that equal values have equal digests: members sorted by UTF-16 code units, no white space,
 * numbers as ECMAScript prints them (RFC 8785, JSON Canonicalization Scheme).
 *
 * @param value null, booleans, finite numbers, strings, arrays and plain objects of these
 * @throws VirgaError VIRGA_INTERNAL for anything else, undefined members included: what is left out silently cannot change a digest
 */
export function canonicalJson(value: unknown, path = '$'): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item, i) => canonicalJson(item, `${path}[${i}]`)).join(',')}]`
  if (isPlainObject(value)) {
    const members = Object.keys(value).sort()
    return `{${members.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name], `${path}.${name}`)}`).join(',')}}`
  }
  const what = typeof value === 'number' ? String(value) : typeof value
  throw new VirgaError('VIRGA_INTERNAL', `a digest was asked for over ${what}`, { field: path, expected: 'plain JSON' })
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null)
}
