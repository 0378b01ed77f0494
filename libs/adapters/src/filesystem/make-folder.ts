import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { VirgaError } from '@virga/errors'
import { hasCode } from './has-code.ts'
import { writeError } from './write-errors.ts'

/**
 * Makes a folder and those above it.
 *
 * Step by step instead of `mkdir({ recursive: true })`, which in Node 20 to 24 never returns where a file system refuses new names with
 * ENOENT (as /proc does).
 *
 * @throws VirgaError VIRGA_CANNOT_WRITE, VIRGA_DISK_FULL
 */
export async function makeFolder(path: string): Promise<void> {
  const folder = resolve(path)
  try {
    if ((await stat(folder)).isDirectory()) return
  } catch (cause) {
    if (!hasCode(cause, 'ENOENT')) throw writeError(cause, folder)
    const parent = dirname(folder)
    if (parent === folder) throw writeError(cause, folder)
    await makeFolder(parent)
    try {
      await mkdir(folder)
    } catch (refused) {
      if (!hasCode(refused, 'EEXIST')) throw writeError(refused, folder)
    }
    return
  }
  throw new VirgaError('VIRGA_CANNOT_WRITE', 'is a file', { file: folder, expected: 'a folder that can be written' })
}
