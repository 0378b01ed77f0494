import { VirgaError } from '@virga/errors'

/** What may take part in a digest: JSON without undefined, NaN or infinity. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/**
 * One spelling for each JSON value, so that equal values have equal digests: members sorted by UTF-16 code units, no white space,
 * numbers as ECMAScript prints them (RFC 8785, JSON Canonicalization Scheme).
 *
 * @throws VirgaError VIRGA_INTERNAL for NaN and infinity, which JSON cannot say
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new VirgaError('VIRGA_INTERNAL', `a digest was asked for over the number ${value}`, { expected: 'finite numbers' })
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] as Json)}`)
  return `{${members.join(',')}}`
}

function isList(value: readonly Json[] | { readonly [name: string]: Json }): value is readonly Json[] {
  return Array.isArray(value)
}
