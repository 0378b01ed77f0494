import { isVirgaError, VirgaError } from '@virga/errors'

const full = new Set(['ENOSPC', 'EDQUOT'])
const refused = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENOENT', 'ELOOP', 'ENAMETOOLONG', 'EMFILE', 'EIO'])

/** Turns what the file system says about a failed write into an error that a user can act on; anything else is given back as it is. */
export function writeError(cause: unknown, path: string): unknown {
  if (isVirgaError(cause)) return cause
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (full.has(code)) {
    return new VirgaError(
      'VIRGA_DISK_FULL',
      'the disk is full',
      { file: path, expected: 'free space; finished work is kept, run again when there is room' },
      { cause },
    )
  }
  if (refused.has(code)) {
    return new VirgaError(
      'VIRGA_CANNOT_WRITE',
      `cannot be written (${code})`,
      { file: path, expected: 'a folder that can be written' },
      { cause },
    )
  }
  return cause
}
