import { createHash } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import type { BlobContent, BlobRef } from '@virga/augmentation'
import { writeError } from '../filesystem/write-errors.ts'

/** Content whose digest and size are known, ready to be sent and sent again. */
export interface Spooled {
  readonly ref: BlobRef
  /** Bytes `from` to `to`, the end excluded. */
  read(from: number, to: number): Promise<Buffer>
  remove(): Promise<void>
}

/** What is kept in memory; more goes to a file. Bytes. */
const memoryBytes = 4 << 20

/** Reads content to its end: its name in the store is its digest, which is known only then. Small content stays in memory. */
export async function spool(content: BlobContent, scratchPath: () => string): Promise<Spooled> {
  if (content instanceof Uint8Array) {
    return inMemory(Buffer.from(content.buffer, content.byteOffset, content.byteLength))
  }
  const hash = createHash('sha256')
  let [parts, size, file]: [Buffer[], number, { handle: FileHandle; path: string } | undefined] = [[], 0, undefined]
  try {
    for await (const part of content) {
      hash.update(part)
      size += part.length
      if (file === undefined && size > memoryBytes) {
        const path = scratchPath()
        file = { path, handle: await written(path, () => open(path, 'wx+')) }
        for (const kept of parts) await writeAll(file, kept)
        parts = []
      }
      // A copy: who makes the content may use its buffer again.
      if (file === undefined) parts.push(Buffer.from(part))
      else await writeAll(file, part)
    }
  } catch (error) {
    await drop(file)
    throw error
  }
  if (file === undefined) return inMemory(Buffer.concat(parts))
  return ofFile(file, { sha256: hash.digest('hex'), size }, () => drop(file))
}

/** A finished file as content; the file is gone afterwards. */
export async function spoolFile(path: string): Promise<Spooled> {
  const handle = await open(path, 'r')
  try {
    const hash = createHash('sha256')
    let size = 0
    for await (const part of handle.createReadStream({ autoClose: false, highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      hash.update(part)
      size += part.length
    }
    return ofFile({ handle, path }, { sha256: hash.digest('hex'), size }, () => handle.close())
  } catch (error) {
    await handle.close()
    throw error
  }
}

function inMemory(bytes: Buffer): Spooled {
  const ref = { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }
  return { ref, read: (from, to) => Promise.resolve(bytes.subarray(from, to)), remove: () => Promise.resolve() }
}

function ofFile({ handle, path }: { handle: FileHandle; path: string }, ref: BlobRef, remove: () => Promise<void>): Spooled {
  return {
    ref,
    remove,
    async read(from, to) {
      const bytes = Buffer.alloc(to - from)
      for (let at = 0; at < bytes.length;) {
        const { bytesRead } = await handle.read(bytes, at, bytes.length - at, from + at)
        if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`)
        at += bytesRead
      }
      return bytes
    },
  }
}

async function drop(file: { handle: FileHandle; path: string } | undefined): Promise<void> {
  if (file === undefined) return
  await file.handle.close()
  await rm(file.path, { force: true })
}

async function writeAll({ handle, path }: { handle: FileHandle; path: string }, part: Uint8Array): Promise<void> {
  for (let at = 0; at < part.length;) at += (await written(path, () => handle.write(part, at))).bytesWritten
}

async function written<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw writeError(cause, path)
  }
}
