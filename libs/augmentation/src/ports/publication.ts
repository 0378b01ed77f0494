import { join } from 'node:path'
import type { BlobRef, BlobStore } from './blob-store.ts'

/** Port to where what was made gets its name. */
export interface Publication {
  /** Gives a blob of the store its place, a path with "/" below the root of what is published. Whole or not at all. */
  publish(file: string, ref: BlobRef): Promise<void>
}

/** Below a folder. */
export function folderPublication(store: BlobStore, folder: string): Publication {
  return { publish: (file, ref) => store.copyTo(ref, join(folder, file)) }
}

/** The blobs stay in the store; what was published where is collected. */
export interface CollectedPublication extends Publication {
  readonly files: ReadonlyMap<string, BlobRef>
}

export function collectedPublication(): CollectedPublication {
  const files = new Map<string, BlobRef>()
  return {
    files,
    publish: (file, ref) => {
      files.set(file, ref)
      return Promise.resolve()
    },
  }
}
