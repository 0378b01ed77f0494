import { isVirgaError, VirgaError } from '@virga/errors'

/** What passes by itself: the server starts, is overloaded, or the connection broke. */
const passing = new Set([
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'ECONNABORTED',
    'EPIPE',
    'ETIMEDOUT',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ERR_STREAM_PREMATURE_CLOSE',
  ],
  ...['SlowDown', 'SlowDownRead', 'SlowDownWrite', 'ServiceUnavailable', 'InternalError', 'RequestTimeout', 'XMinioServerNotInitialized'],
])
const refusedKeys = new Set(['AccessDenied', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'ExpiredToken', 'InvalidTokenId'])
const noRoom = new Set(['XMinioStorageFull', 'XMinioAdminBucketQuotaExceeded', 'QuotaExceeded', 'XMinioObjectQuotaExceeded'])

/** The code of S3 or of Node in an error; '' where there is none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** True for what is worth another try. The client gives 408, 429, 499 and 5xx with this text and no code. */
export function passes(error: unknown): boolean {
  return passing.has(codeOf(error)) || (error instanceof Error && /Retryable HTTP status|socket hang up|aborted/.test(error.message))
}

/** What the object store said, as an error that an operator can act on. `where` is the address with the bucket. */
export function storeError(error: unknown, where: string): unknown {
  if (isVirgaError(error)) return error
  if (!(error instanceof Error)) return error
  const code = codeOf(error)
  const unavailable = (message: string, expected: string) =>
    new VirgaError('VIRGA_UNAVAILABLE', message, { file: where, expected }, { cause: error })
  if (noRoom.has(code)) {
    return new VirgaError(
      'VIRGA_DISK_FULL',
      `the object store is full (${code})`,
      { file: where, expected: 'free space; finished work is kept' },
      { cause: error },
    )
  }
  if (code === 'NoSuchBucket') return unavailable('the bucket does not exist', 'a bucket made by `virga storage apply`')
  if (refusedKeys.has(code)) {
    return unavailable(
      `the object store refuses the credentials (${code})`,
      'an access key and secret key that may read and write the bucket',
    )
  }
  if (code === 'RequestTimeTooSkewed')
    return unavailable('the clocks of this machine and of the object store differ', 'less than 15 minutes')
  if (code === 'ENOTFOUND') return unavailable('the host of the object store is not known', 'a host name that resolves')
  if (passes(error)) return unavailable(`the object store does not answer (${code || error.message})`, 'a running server at this address')
  // Of this machine, of the caller, or a defect: the store has not spoken.
  if (error.constructor.name !== 'S3Error') return error
  return unavailable(`the object store refused the request (${code || 'no code'}: ${error.message})`, 'an S3 server')
}
