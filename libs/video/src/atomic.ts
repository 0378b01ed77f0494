import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { writeError } from './ffmpeg.ts'

/** A hidden name beside `path`, so that the rename stays on one file system; two writers never share it. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(4).toString('hex')}.partial`)
}

/** Makes the folder of `path`. @throws VirgaError VIRGA_CANNOT_WRITE or VIRGA_DISK_FULL */
export async function makeFolderOf(path: string): Promise<void> {
  try {
    await makeFolder(dirname(path))
  } catch (error) {
    throw writeError(error, path)
  }
}

/** Step by step: Node's own recursive mkdir never returns where a file system answers ENOENT for good, as /proc does. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error
    await makeFolder(dirname(folder))
    await mkdir(folder).catch((second: unknown) => {
      if (!(second instanceof Error && 'code' in second && second.code === 'EEXIST')) throw second
    })
  }
}

/** Makes the bytes durable, then gives the file its final name. @throws VirgaError VIRGA_CANNOT_WRITE or VIRGA_DISK_FULL */
export async function commit(temporary: string, path: string): Promise<void> {
  try {
    const file = await open(temporary, 'r+')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await discard(temporary)
    throw writeError(error, path)
  }
}

/** Removes a temporary file, as far as that is possible: the fault that led here is the one to tell. */
export async function discard(temporary: string): Promise<void> {
  await rm(temporary, { force: true }).catch(() => undefined)
}

/** Writes a whole file under a temporary name and renames it. @throws VirgaError VIRGA_CANNOT_WRITE or VIRGA_DISK_FULL */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await makeFolderOf(path)
  const temporary = temporaryName(path)
  try {
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(bytes)
    } finally {
      await file.close()
    }
  } catch (error) {
    await discard(temporary)
    throw writeError(error, path)
  }
  await commit(temporary, path)
}
