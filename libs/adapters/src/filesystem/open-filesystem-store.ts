import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { BlobStore, BlobStoreAdmin } from '@virga/augmentation'
import { FilesystemBlobAdmin } from './filesystem-blob-admin.ts'
import { FilesystemBlobStore } from './filesystem-blob-store.ts'
import { openScratch, type Scratch } from './scratch.ts'

export interface OpenedStore {
  readonly store: BlobStore
  /** What garbage collection works on. */
  readonly admin: BlobStoreAdmin
  readonly scratch: Scratch
  readonly root: string
}

/** Where the store lies when nobody says otherwise: $VIRGA_HOME/store, else ~/.cache/virga/store. */
export function defaultStoreFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const home = environment.VIRGA_HOME
  return home === undefined || home === '' ? join(homedir(), '.cache', 'virga', 'store') : join(resolve(home), 'store')
}

/** Opens the store in a folder, making it where it is not there, with a scratch folder on the same file system. */
export async function openFilesystemStore(root: string): Promise<OpenedStore> {
  const folder = resolve(root)
  const scratch = await openScratch(join(folder, 'scratch'))
  try {
    return { store: await FilesystemBlobStore.open(folder, scratch), admin: new FilesystemBlobAdmin(folder), scratch, root: folder }
  } catch (error) {
    scratch.remove()
    throw error
  }
}
