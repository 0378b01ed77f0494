import { VirgaError } from '@virga/errors'

/** Names a revision of a resource, quoted as in HTTP (AIP-154). */
export const etagOf = (revision: number): string => `"r${revision}"`

/** The revision that a caller means; undefined: any. @throws VirgaError VIRGA_CONFLICT for what never was an etag of ours */
export function revisionOf(etag: string): number | undefined {
  if (etag === '') return undefined
  const digits = /^"r(\d{1,15})"$/.exec(etag)?.[1]
  if (digits === undefined)
    throw new VirgaError('VIRGA_CONFLICT', 'the etag is not the stored one', { field: 'etag', expected: 'the etag as it was read' })
  return Number(digits)
}
