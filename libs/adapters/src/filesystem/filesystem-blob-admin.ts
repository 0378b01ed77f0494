import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { BlobStoreAdmin, StoredBlob, StoredEntry } from '@virga/augmentation'
import { blobFile, condemnedFile } from './blob-files.ts'
import { hasCode } from './has-code.ts'
import { makeFolder } from './make-folder.ts'
import { writeError } from './write-errors.ts'

/**
 * Collection in a folder. A file system cannot remove a file on the condition that it is old, but it moves one in one step: the blob is moved
 * aside, looked at there, where no `put` and no `verify` can make it young any more, and moved back when it is young.
 */
export class FilesystemBlobAdmin implements BlobStoreAdmin {
  readonly leastAgeMs = 0
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async *listBlobs({ after = '' }: { readonly after?: string } = {}): AsyncGenerator<StoredBlob> {
    for (const shelf of await namesIn(join(this.#root, 'blobs'))) {
      if (shelf < after.slice(0, 2)) continue
      for (const sha256 of await namesIn(join(this.#root, 'blobs', shelf))) {
        if (sha256 <= after || !/^[0-9a-f]{64}$/.test(sha256)) continue
        const facts = await factsOf(blobFile(this.#root, sha256))
        if (facts !== undefined) yield { sha256, ...facts }
      }
    }
  }

  async removeBlob(sha256: string, { olderThanMs }: { readonly olderThanMs: number }): Promise<boolean> {
    const path = blobFile(this.#root, sha256)
    const facts = await factsOf(path)
    if (facts === undefined || facts.ageMs < olderThanMs) return false
    const aside = condemnedFile(this.#root, sha256)
    try {
      await makeFolder(dirname(aside))
      await rename(path, aside)
    } catch (cause) {
      if (hasCode(cause, 'ENOENT')) return false
      throw writeError(cause, path)
    }
    return this.#settle(sha256, olderThanMs)
  }

  async *listEntries(kind: string, { after = '' }: { readonly after?: string } = {}): AsyncGenerator<StoredEntry> {
    for (const name of await namesIn(join(this.#root, 'entries', kind))) {
      const key = name.slice(0, -'.json'.length)
      if (!name.endsWith('.json') || key <= after) continue
      const facts = await factsOf(join(this.#root, 'entries', kind, name))
      if (facts !== undefined) yield { key, ageMs: facts.ageMs }
    }
  }

  async removeEntry(kind: string, key: string, { olderThanMs }: { readonly olderThanMs: number }): Promise<boolean> {
    const path = join(this.#root, 'entries', kind, `${key}.json`)
    const facts = await factsOf(path)
    if (facts === undefined || facts.ageMs < olderThanMs) return false
    await rm(path, { force: true })
    return true
  }

  async removeLeftovers({ olderThanMs }: { readonly olderThanMs: number }): Promise<number> {
    const left = await namesIn(join(this.#root, 'condemned'))
    for (const sha256 of left) await this.#settle(sha256, olderThanMs)
    return left.length
  }

  async #settle(sha256: string, olderThanMs: number): Promise<boolean> {
    const aside = condemnedFile(this.#root, sha256)
    const facts = await factsOf(aside)
    // Gone: another collector has settled it.
    if (facts === undefined) return false
    if (facts.ageMs >= olderThanMs) {
      await rm(aside, { force: true })
      return true
    }
    const path = blobFile(this.#root, sha256)
    await mkdir(dirname(path), { recursive: true })
    await rename(aside, path).catch((cause: unknown) => {
      if (!hasCode(cause, 'ENOENT')) throw writeError(cause, path)
    })
    return false
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (cause) {
    if (hasCode(cause, 'ENOENT', 'ENOTDIR')) return []
    throw cause
  }
}

async function factsOf(path: string): Promise<{ size: number; ageMs: number } | undefined> {
  try {
    const { size, mtimeMs } = await stat(path)
    return { size, ageMs: Date.now() - mtimeMs }
  } catch (cause) {
    if (hasCode(cause, 'ENOENT', 'ENOTDIR')) return undefined
    throw cause
  }
}
