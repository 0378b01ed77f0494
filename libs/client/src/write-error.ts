import { isVirgaError, VirgaError } from '@virga/errors'

/** Why a file could not be written, as an error that names it. */
export function writeError(cause: unknown, file: string): VirgaError {
  if (isVirgaError(cause)) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const isFull = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')
  return new VirgaError(
    isFull ? 'VIRGA_DISK_FULL' : 'VIRGA_CANNOT_WRITE',
    message,
    { file, expected: isFull ? 'room on the disk' : 'a folder that can be written' },
    { cause },
  )
}
