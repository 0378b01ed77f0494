import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Gives a finished file its name: content and name are both on the disk when this returns (file synced, renamed, folder synced), so
 * a power cut leaves either the whole file or none.
 */
export async function publishFile(from: string, to: string): Promise<void> {
  await sync(from)
  await rename(from, to)
  await sync(dirname(to))
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
