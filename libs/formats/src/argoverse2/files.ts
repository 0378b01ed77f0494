import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'

/** Names in a folder, sorted; undefined if there is no such folder. */
export async function namesIn(folder: string): Promise<string[] | undefined> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return undefined
    const expected = code === 'ENOTDIR' ? 'a folder' : 'a readable folder'
    throw new VirgaError('VIRGA_BAD_INPUT', `cannot be listed (${code ?? String(error)})`, { file: folder, expected }, { cause: error })
  }
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

export interface StampedFile {
  readonly stampNs: bigint
  readonly file: string
}

/**
 * The files `<nanoseconds><extension>` of a folder in time order; undefined if there is no such folder.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming a file whose name is no stamp
 */
export async function stampedFiles(folder: string, extension: string): Promise<StampedFile[] | undefined> {
  const names = await namesIn(folder)
  const files = names
    ?.filter((name) => !name.startsWith('.'))
    .map((name) => {
      const file = join(folder, name)
      const stamp = name.endsWith(extension) ? name.slice(0, -extension.length) : ''
      if (!/^\d{1,19}$/.test(stamp)) {
        throw new VirgaError('VIRGA_BAD_INPUT', 'file name is not a time stamp', { file, expected: `<nanoseconds>${extension}` })
      }
      return { stampNs: BigInt(stamp), file }
    })
  return files?.sort((a, b) => (a.stampNs < b.stampNs ? -1 : a.stampNs > b.stampNs ? 1 : 0))
}
