import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from './has-code.ts'

/** Where a blob lies below the root of the store. */
export const blobFile = (root: string, sha256: string) => join(root, 'blobs', sha256.slice(0, 2), sha256)

/** Where a collector holds a blob while it decides; at most for moments. */
export const condemnedFile = (root: string, sha256: string) => join(root, 'condemned', sha256)

/**
 * Opens a blob for reading; undefined when it is not there. A collector moves a blob aside to look at its age and may move it back, so it is
 * looked for in both places, and in the first one again.
 */
export async function openBlob(root: string, sha256: string): Promise<FileHandle | undefined> {
  for (const path of [blobFile(root, sha256), condemnedFile(root, sha256), blobFile(root, sha256)]) {
    try {
      return await open(path, 'r')
    } catch (cause) {
      if (!hasCode(cause, 'ENOENT', 'ENOTDIR')) throw cause
    }
  }
  return undefined
}
