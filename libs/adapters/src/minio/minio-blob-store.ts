import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { BlobContent, BlobRef, BlobStore, PresignedUrl, PresignOptions } from '@virga/augmentation'
import { VirgaError } from '@virga/errors'
import { checkOffset } from '../blobs/check-offset.ts'
import { publishFile } from '../filesystem/atomic-write.ts'
import { makeFolder } from '../filesystem/make-folder.ts'
import type { Scratch } from '../filesystem/scratch.ts'
import { writeError } from '../filesystem/write-errors.ts'
import { isSpared } from './condemned.ts'
import type { Connection } from './connection.ts'
import { blobObject, entryObject, factsOf, type ObjectFacts, readObject, renewObject } from './objects.ts'
import { presign } from './presign.ts'
import { spool, spoolFile, type Spooled } from './spool.ts'
import { upload } from './upload.ts'

export interface MinioStoreParts {
  readonly connection: Connection
  /** The same bucket by the address that clients use; default the same address. */
  readonly published: Connection
  /** For what is larger than memory while its digest is not known. */
  readonly scratch: Scratch
  readonly partBytes: number
  /** A blob younger than this is young enough, ms. */
  readonly renewAfterMs: number
}

const mostTries = 5

/** Blobs in a bucket: `blobs/ab/abcdef...` by digest and `entries/<kind>/<key>.json`, as in a folder. */
export class MinioBlobStore implements BlobStore {
  readonly #parts: MinioStoreParts

  constructor(parts: MinioStoreParts) {
    this.#parts = parts
  }

  async put(content: BlobContent): Promise<BlobRef> {
    return this.#take(await spool(content, () => this.#parts.scratch.path('.blob')))
  }

  async putFile(path: string): Promise<BlobRef> {
    const ref = await this.#take(await spoolFile(path))
    await rm(path, { force: true })
    return ref
  }

  async *get(ref: BlobRef): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256')
    for await (const part of this.getRange(ref, 0)) {
      hash.update(part)
      yield part
    }
    const found = hash.digest('hex')
    if (found !== ref.sha256) {
      throw new VirgaError('VIRGA_DIGEST_MISMATCH', `the blob is damaged, its digest is ${found}`, {
        file: `${this.#parts.connection.where}/${blobObject(ref.sha256)}`,
        expected: `sha256 ${ref.sha256}`,
      })
    }
  }

  async *getRange(ref: BlobRef, offset: number, length = Infinity): AsyncGenerator<Uint8Array> {
    checkOffset(ref, offset)
    yield* readObject(this.#parts.connection, blobObject(ref.sha256), ref.size, offset, Math.min(ref.size, offset + length))
  }

  async has(ref: BlobRef): Promise<boolean> {
    return (await this.#facts(ref))?.size === ref.size
  }

  async verify(ref: BlobRef): Promise<boolean> {
    const facts = await this.#facts(ref)
    if (facts?.size !== ref.size) return false
    // First young, then read: a collector that comes in between leaves it.
    if (!(await this.#renew(ref, facts)) && !(await this.has(ref))) return false
    return this.#isSound(ref)
  }

  async copyTo(ref: BlobRef, path: string): Promise<void> {
    const temporary = join(dirname(path), `.virga-${process.pid}-${basename(this.#parts.scratch.path(''))}-${ref.sha256.slice(0, 12)}.part`)
    try {
      await makeFolder(dirname(path))
      await pipeline(this.get(ref), createWriteStream(temporary, { flags: 'wx' }))
      await publishFile(temporary, path)
    } catch (cause) {
      await rm(temporary, { force: true })
      throw writeError(cause, path)
    }
  }

  async readEntry(kind: string, key: string): Promise<unknown> {
    const { status, body } = await this.#parts.connection.request({ method: 'GET', object: entryObject(kind, key), expected: [200, 404] })
    if (status === 404) return undefined
    try {
      return JSON.parse(body.toString()) as unknown
    } catch {
      return undefined
    }
  }

  async writeEntry(kind: string, key: string, value: unknown): Promise<void> {
    await this.#parts.connection.request({
      method: 'PUT',
      object: entryObject(kind, key),
      headers: { 'Content-Type': 'application/json' },
      payload: Buffer.from(JSON.stringify(value, null, 1)),
    })
  }

  async presign(ref: BlobRef, options: PresignOptions): Promise<PresignedUrl> {
    if (!(await this.has(ref))) {
      const file = `${this.#parts.connection.where}/${blobObject(ref.sha256)}`
      throw new VirgaError('VIRGA_BAD_INPUT', 'the blob is not in the store', { file })
    }
    return presign(this.#parts.published, blobObject(ref.sha256), options)
  }

  #facts(ref: BlobRef): Promise<ObjectFacts | undefined> {
    return factsOf(this.#parts.connection, blobObject(ref.sha256))
  }

  async #take(content: Spooled): Promise<BlobRef> {
    try {
      for (let tries = 1; tries <= mostTries; tries++) if (await this.#offer(content)) return content.ref
      throw new VirgaError('VIRGA_UNAVAILABLE', `the blob was gone again after each of ${mostTries} uploads`, {
        file: `${this.#parts.connection.where}/${blobObject(content.ref.sha256)}`,
      })
    } finally {
      await content.remove()
    }
  }

  /** One try to have the blob in the bucket, sound and young; false when somebody else was at it at the same time. */
  async #offer(content: Spooled): Promise<boolean> {
    const { connection, partBytes } = this.#parts
    const { ref } = content
    const facts = await this.#facts(ref)
    // What lies there already is believed when it has been read, not for its name: reading costs no more than sending.
    if (facts?.size === ref.size && (await this.#isSound(ref))) return this.#renew(ref, facts)
    const outcome = await upload(connection, blobObject(ref.sha256), content, { ifAbsent: facts === undefined, partBytes })
    return outcome === 'written' && (await isSpared(connection, ref.sha256))
  }

  /** Makes an old blob young. False when it is gone, or a collector was at it. */
  async #renew(ref: BlobRef, { ageMs }: ObjectFacts): Promise<boolean> {
    const { connection, renewAfterMs } = this.#parts
    if (ageMs < renewAfterMs) return true
    return (await renewObject(connection, blobObject(ref.sha256))) && (await isSpared(connection, ref.sha256))
  }

  async #isSound(ref: BlobRef): Promise<boolean> {
    const parts = this.get(ref)
    try {
      for (;;) if ((await parts.next()).done === true) return true
    } catch (error) {
      if (error instanceof VirgaError && (error.code === 'VIRGA_DIGEST_MISMATCH' || error.code === 'VIRGA_BAD_INPUT')) return false
      throw error
    }
  }
}
