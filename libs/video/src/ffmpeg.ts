import { constants } from 'node:os'
import { type ErrorCode, type ErrorPlace, VirgaError } from '@virga/errors'
import { AV_LOG_QUIET } from 'node-av/constants'
import { FFmpegError, Log } from 'node-av/lib'

// FFmpeg reports through return codes; what it prints besides would only disturb the progress display.
Log.setLevel(AV_LOG_QUIET)

/** FFmpeg gives system errors as the negative errno. */
const writeErrors = new Map<number, ErrorCode>([
  [-constants.errno.ENOSPC, 'VIRGA_DISK_FULL'],
  [-constants.errno.EDQUOT, 'VIRGA_DISK_FULL'],
  [-constants.errno.EFBIG, 'VIRGA_DISK_FULL'],
  [-constants.errno.EACCES, 'VIRGA_CANNOT_WRITE'],
  [-constants.errno.EPERM, 'VIRGA_CANNOT_WRITE'],
  [-constants.errno.EROFS, 'VIRGA_CANNOT_WRITE'],
  [-constants.errno.ENOENT, 'VIRGA_CANNOT_WRITE'],
  [-constants.errno.ENOTDIR, 'VIRGA_CANNOT_WRITE'],
])

/** Throws a VirgaError with FFmpeg's own words when `code` is negative; gives the code back otherwise. */
export function check(code: number, doing: string, place: ErrorPlace, otherwise: ErrorCode = 'VIRGA_VIDEO'): number {
  if (code >= 0) return code
  throw new VirgaError(writeErrors.get(code) ?? otherwise, `${doing}: ${FFmpegError.strerror(code)}`, place)
}

/** Like `check` for reading: whatever goes wrong is a fault of the file. */
export function checkRead(code: number, doing: string, place: ErrorPlace): number {
  if (code >= 0) return code
  throw new VirgaError('VIRGA_BAD_INPUT', `${doing}: ${FFmpegError.strerror(code)}`, place)
}

/** The VirgaError for a system error of node:fs while writing `file`. */
export function writeError(error: unknown, file: string): VirgaError {
  if (error instanceof VirgaError) return error
  const errno = error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : 0
  const message = error instanceof Error ? error.message : String(error)
  return new VirgaError(writeErrors.get(errno) ?? 'VIRGA_CANNOT_WRITE', `cannot write: ${message}`, { file }, { cause: error })
}
