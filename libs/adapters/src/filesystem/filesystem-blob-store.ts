import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { constants, copyFile, open, readFile, rename, rm, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { BlobContent, BlobRef, BlobStore } from '@virga/augmentation'
import { VirgaError } from '@virga/errors'
import { checkOffset } from '../blobs/check-offset.ts'
import { publishFile } from './atomic-write.ts'
import { blobFile, condemnedFile, openBlob } from './blob-files.ts'
import { hasCode } from './has-code.ts'
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
      if (!hasCode(cause, 'EXDEV')) throw writeError(cause, temporary)
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
    const handle = await this.#open(ref)
    for await (const part of handle.createReadStream({ highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      hash.update(part)
      yield part
    }
    const found = hash.digest('hex')
    if (found !== ref.sha256) throw this.#damaged(ref, `its digest is ${found}`)
  }

  async *getRange(ref: BlobRef, offset: number, length = Infinity): AsyncGenerator<Uint8Array> {
    checkOffset(ref, offset)
    const handle = await this.#open(ref)
    const { size } = await handle.stat()
    const end = Math.min(ref.size, offset + length)
    if (size !== ref.size || end <= offset) await handle.close()
    if (size !== ref.size) throw this.#damaged(ref, `it has ${size} bytes`)
    if (end > offset) {
      yield* handle.createReadStream({ start: offset, end: end - 1, highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>
    }
  }

  async has(ref: BlobRef): Promise<boolean> {
    try {
      const handle = await openBlob(this.#root, ref.sha256)
      if (handle === undefined) return false
      const facts = await handle.stat()
      await handle.close()
      return facts.isFile() && facts.size === ref.size
    } catch {
      return false
    }
  }

  async verify(ref: BlobRef): Promise<boolean> {
    if (!(await this.has(ref))) return false
    const path = this.#blobPath(ref)
    const hash = createHash('sha256')
    try {
      // First young, then read: a collector that comes in between leaves it. One that holds it aside has the blob made anew.
      const now = new Date()
      await utimes(path, now, now)
      for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(part as Buffer)
    } catch {
      return false
    }
    return hash.digest('hex') === ref.sha256
  }

  async copyTo(ref: BlobRef, path: string): Promise<void> {
    const temporary = join(dirname(path), `.virga-${process.pid}-${ref.sha256.slice(0, 12)}.part`)
    try {
      await makeFolder(dirname(path))
      await this.#copy(ref, temporary)
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
      // A file that was finished long ago is young as a blob.
      const now = new Date()
      await utimes(temporary, now, now)
      await publishFile(temporary, path)
    } catch (cause) {
      throw writeError(cause, path)
    }
  }

  /** Looks where `openBlob` looks; cloned where the file system can. */
  async #copy({ sha256 }: BlobRef, path: string): Promise<void> {
    for (const place of [blobFile(this.#root, sha256), condemnedFile(this.#root, sha256), blobFile(this.#root, sha256)]) {
      try {
        await copyFile(place, path, constants.COPYFILE_FICLONE)
        return
      } catch (cause) {
        if (!hasCode(cause, 'ENOENT', 'ENOTDIR')) throw cause
      }
    }
    throw this.#missing(sha256)
  }

  async #open(ref: BlobRef): Promise<Handle> {
    const handle = await openBlob(this.#root, ref.sha256)
    if (handle === undefined) throw this.#missing(ref.sha256)
    return handle
  }

  #missing(sha256: string): VirgaError {
    return new VirgaError('VIRGA_BAD_INPUT', 'the blob is not in the store', { file: blobFile(this.#root, sha256) })
  }

  #damaged(ref: BlobRef, why: string): VirgaError {
    return new VirgaError('VIRGA_DIGEST_MISMATCH', `the blob is damaged, ${why}`, {
      file: this.#blobPath(ref),
      expected: `sha256 ${ref.sha256}, ${ref.size} bytes`,
    })
  }

  #blobPath(ref: BlobRef): string {
    return blobFile(this.#root, ref.sha256)
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
