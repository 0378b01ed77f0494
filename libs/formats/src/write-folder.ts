import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isVirgaError, VirgaError } from '@virga/errors'

/**
 * Fills a folder that gets its name only when it is complete: it is made beside its place under a hidden temporary name, and removed again
 * if `fill` fails. A killed process can leave the temporary folder behind, never a half-filled one under the final name.
 *
 * @param mayReplace whether a folder that is there and not empty may be replaced
 * @throws VirgaError VIRGA_CANNOT_WRITE, VIRGA_DISK_FULL, or what `fill` throws
 */
export async function writeFolder<T>(
  folder: string,
  fill: (temporary: string) => Promise<T>,
  mayReplace: () => Promise<boolean>,
): Promise<T> {
  const place = resolve(folder)
  const temporary = join(dirname(place), `.${basename(place)}.partial-${process.pid}-${randomUUID().slice(0, 8)}`)
  try {
    const occupied = await isOccupied(place)
    if (occupied && !(await mayReplace())) {
      throw new VirgaError('VIRGA_CANNOT_WRITE', 'the output folder is not empty', { file: place, expected: 'a new or an empty folder' })
    }
    await makeFolder(dirname(place))
    await mkdir(temporary)
    const result = await fill(temporary)
    await moveInto(temporary, place, occupied)
    return result
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
    throw writeError(error, place)
  }
}

/** Step by step: with `recursive` Node 24 never returns where a file system refuses new names with ENOENT, as /proc does. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error
    if ((await stat(dirname(folder)).catch(() => undefined)) !== undefined) throw error
    await makeFolder(dirname(folder))
    await mkdir(folder)
  }
}

async function isOccupied(place: string): Promise<boolean> {
  try {
    return (await readdir(place)).length > 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

async function moveInto(temporary: string, place: string, occupied: boolean): Promise<void> {
  if (!occupied) return rename(temporary, place)
  const old = `${temporary}-old`
  await rename(place, old)
  await rename(temporary, place)
  await rm(old, { recursive: true, force: true })
}

/** An error of the file system as one that a user can act on; others as they are. */
export function writeError(error: unknown, place: string): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (isVirgaError(error) || code === undefined || !/^E[A-Z]+$/.test(code)) return error
  const file = (error as NodeJS.ErrnoException).path ?? place
  if (code === 'ENOSPC' || code === 'EDQUOT') return new VirgaError('VIRGA_DISK_FULL', 'no space is left', { file }, { cause: error })
  return new VirgaError(
    'VIRGA_CANNOT_WRITE',
    `cannot be written (${code})`,
    { file, expected: 'a folder that can be written to' },
    { cause: error },
  )
}
