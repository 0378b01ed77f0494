import { open, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { makeFolder, writeError } from '@virga/adapters'
import { isAlive } from './is-alive.ts'

/**
 * Makes sure, before any work is done, that files can be written below a folder. A folder that had to be made for the trial is taken
 * away again, so that a run that fails later leaves nothing.
 *
 * @throws VirgaError VIRGA_CANNOT_WRITE, VIRGA_DISK_FULL
 */
export async function checkWritable(folder: string): Promise<string> {
  const path = resolve(folder)
  const firstMissing = await topmostMissing(path)
  await makeFolder(path)
  const trial = join(path, `.virga-${process.pid}-trial`)
  try {
    const handle = await open(trial, 'wx')
    try {
      await handle.write(new Uint8Array(4096))
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (cause) {
    throw writeError(cause, path)
  } finally {
    await rm(trial, { force: true })
    if (firstMissing !== undefined) await rm(firstMissing, { recursive: true, force: true })
  }
  return path
}

/** Removes unfinished files that a killed run left below an output folder. */
export async function removeUnfinished(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    const owner = /^\.(?:virga-|.*\.)(\d+)-[0-9a-z]+\.(?:part|partial)$/.exec(entry.name)?.[1]
    if (owner !== undefined && entry.isFile() && !isAlive(Number(owner))) await rm(join(entry.parentPath, entry.name), { force: true })
  }
}

async function topmostMissing(path: string): Promise<string | undefined> {
  if (
    await stat(path).then(
      () => true,
      () => false,
    )
  )
    return undefined
  const parent = dirname(path)
  return parent === path ? path : ((await topmostMissing(parent)) ?? path)
}
