import type { PresignedUrl, PresignOptions } from '@virga/augmentation'
import { VirgaError } from '@virga/errors'
import type { Connection } from './connection.ts'

const longestSeconds = 7 * 24 * 3600

/** A signed URL of an object, made without asking the server. */
export async function presign(
  connection: Connection,
  object: string,
  { ttlSeconds, filename, mediaType }: PresignOptions,
): Promise<PresignedUrl> {
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > longestSeconds) {
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `a URL for ${ttlSeconds} s`, {
      field: 'ttl',
      expected: `1 to ${longestSeconds} whole seconds`,
    })
  }
  const signedAt = new Date()
  // RFC 6266: a plain form for old clients, and the exact one in UTF-8.
  const plain = filename.replaceAll(/[^\x20-\x7e]|["\\]/g, '_')
  const disposition = `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(filename)}`
  const url = await connection.client.presignedGetObject(
    connection.bucket,
    object,
    ttlSeconds,
    { 'response-content-disposition': disposition, 'response-content-type': mediaType },
    signedAt,
  )
  // The signature's date has whole seconds.
  return { url, expiresAt: Math.floor(signedAt.getTime() / 1000) * 1000 + ttlSeconds * 1000 }
}
