import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { constants, copyFile, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { BlobContent, BlobRef, BlobStore } from '@virga/augmentation'
import { VirgaError } from '@virga/errors'
import { publishFile } from './atomic-write.ts'
import { makeFolder } from './make-folder.ts'
import type { Scratch } from './scratch.ts'
import { writeError } from './write-errors.ts'

/**
 * Blobs in a folder: `blobs/ab/abcdef...` by digest and `entries/<kind>/<key>.json`.
 *
 * Everything is written in the scratch folder (on the same file system), synced, then renamed. Two processes that make the same blob
 * both rename the same content to the same name.
 */
export class FilesystemBlobStore implements BlobStore {
  readonly #root: string
  readonly #scratch: Scratch

  private constructor(root: string, scratch: Scratch) {
    this.#root = root
    this.#scratch = scratch
  }

  /** @throws VirgaError VIRGA_CANNOT_WRITE when the folder cannot be made or written */
  static async open(root: string, scratch: Scratch): Promise<FilesystemBlobStore> {
    await makeFolder(join(root, 'blobs'))
    await makeFolder(join(root, 'entries'))
    return new FilesystemBlobStore(root, scratch)
  }

  async put(content: BlobContent): Promise<BlobRef> {
    const temporary = this.#scratch.path('.blob')
    const hash = createHash('sha256')
    let size = 0
    try {
      const handle = await openForWriting(temporary)
      try {
        for await (const part of content instanceof Uint8Array ? [content] : content) {
          hash.update(part)
          size += part.length
          await writeAll(handle, part, temporary)
        }
      } finally {
        await handle.close()
      }
      const ref = { sha256: hash.digest('hex'), size }
      await this.#adopt(temporary, ref)
      return ref
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  }

  async putFile(path: string): Promise<BlobRef> {
    const hash = createHash('sha256')
    let size = 0
    for await (const part of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      hash.update(part)
      size += part.length
    }
    const ref = { sha256: hash.digest('hex'), size }
    const temporary = this.#scratch.path('.blob')
    try {
      await rename(path, temporary)
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EXDEV')) throw writeError(cause, temporary)
      await copyFile(path, temporary).catch((reason: unknown) => {
        throw writeError(reason, temporary)
      })
      await rm(path)
    }
    await this.#adopt(temporary, ref)
    return ref
  }

  async *get(ref: BlobRef): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256')
    try {
      for await (const part of createReadStream(this.#blobPath(ref), { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
        hash.update(part)
        yield part
      }
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
        throw new VirgaError('VIRGA_BAD_INPUT', 'the blob is not in the store', { file: this.#blobPath(ref) }, { cause })
      }
      throw cause
    }
    const found = hash.digest('hex')
    if (found !== ref.sha256) {
      throw new VirgaError('VIRGA_DIGEST_MISMATCH', `the blob is damaged, its digest is ${found}`, {
        file: this.#blobPath(ref),
        expected: `sha256 ${ref.sha256}`,
      })
    }
  }

  async has(ref: BlobRef): Promise<boolean> {
    try {
      const facts = await stat(this.#blobPath(ref))
      return facts.isFile() && facts.size === ref.size
    } catch {
      return false
    }
  }

  async verify(ref: BlobRef): Promise<boolean> {
    if (!(await this.has(ref))) return false
    const hash = createHash('sha256')
    try {
      for await (const part of createReadStream(this.#blobPath(ref), { highWaterMark: 1 << 20 })) hash.update(part as Buffer)
    } catch {
      return false
    }
    return hash.digest('hex') === ref.sha256
  }

  async copyTo(ref: BlobRef, path: string): Promise<void> {
    const temporary = join(dirname(path), `.virga-${process.pid}-${ref.sha256.slice(0, 12)}.part`)
    try {
      await makeFolder(dirname(path))
      await copyFile(this.#blobPath(ref), temporary, constants.COPYFILE_FICLONE)
      await publishFile(temporary, path)
    } catch (cause) {
      await rm(temporary, { force: true })
      throw writeError(cause, path)
    }
  }

  async readEntry(kind: string, key: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.#entryPath(kind, key), 'utf8')) as unknown
    } catch {
      return undefined
    }
  }

  async writeEntry(kind: string, key: string, value: unknown): Promise<void> {
    const path = this.#entryPath(kind, key)
    const temporary = this.#scratch.path('.json')
    try {
      await makeFolder(dirname(path))
      const handle = await open(temporary, 'wx')
      try {
        await handle.writeFile(JSON.stringify(value, null, 1))
      } finally {
        await handle.close()
      }
      await publishFile(temporary, path)
    } catch (cause) {
      await rm(temporary, { force: true })
      throw writeError(cause, path)
    }
  }

  async #adopt(temporary: string, ref: BlobRef): Promise<void> {
    const path = this.#blobPath(ref)
    try {
      await makeFolder(dirname(path))
      await publishFile(temporary, path)
    } catch (cause) {
      throw writeError(cause, path)
    }
  }

  #blobPath(ref: BlobRef): string {
    return join(this.#root, 'blobs', ref.sha256.slice(0, 2), ref.sha256)
  }

  #entryPath(kind: string, key: string): string {
    return join(this.#root, 'entries', kind, `${key}.json`)
  }
}

type Handle = Awaited<ReturnType<typeof open>>

async function openForWriting(path: string): Promise<Handle> {
  try {
    return await open(path, 'wx')
  } catch (cause) {
    throw writeError(cause, path)
  }
}

/** A write may take less than it was given; what is left is written again, so that a full disk shows as an error. */
async function writeAll(handle: Handle, part: Uint8Array, path: string): Promise<void> {
  try {
    for (let at = 0; at < part.length;) at += (await handle.write(part, at)).bytesWritten
  } catch (cause) {
    throw writeError(cause, path)
  }
}
