import { rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Removes folders that hold nothing, and those that hold nothing but them, up to and with the output folder. */
export async function removeEmptyFolders(folders: readonly string[], out: string): Promise<void> {
  for (const folder of folders) {
    for (let path = folder; path.startsWith(out); path = dirname(path)) {
      const gone = await rmdir(path).then(
        () => true,
        (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
      )
      if (!gone) break
    }
  }
}
