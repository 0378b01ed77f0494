import { createHash } from 'node:crypto'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Blob } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { digestOfFile, hashFile } from './file-digest.ts'
import { CallError, callError, Retries, type RetryPolicy } from './retry.ts'
import { writeError } from './write-error.ts'

/** A part of a file as the server streams it. */
export interface DownloadPart {
  readonly chunk: Uint8Array
}

export interface DownloadOptions {
  /** What must come. */
  readonly blob: Pick<Blob, 'sha256' | 'sizeBytes'>
  /** The file's bytes from an offset on. */
  readonly open: (offsetBytes: bigint) => AsyncIterable<DownloadPart>
  /** Where it goes; folders are made. */
  readonly to: string
  readonly server: string
  readonly policy: RetryPolicy
  readonly signal?: AbortSignal
  readonly onBytes?: (done: number, total: number) => void
}

/**
 * Brings a file. It has its name only when it is whole and has its digest; what a broken or killed download left beside it is gone on from. A
 * file that is there already is left alone.
 *
 * @returns whether anything was brought
 * @throws VirgaError VIRGA_DIGEST_MISMATCH, VIRGA_CANNOT_WRITE, VIRGA_DISK_FULL, VIRGA_CANCELLED, VIRGA_UNAVAILABLE, VIRGA_NOT_FOUND
 */
export async function download(options: DownloadOptions): Promise<boolean> {
  const { blob, to } = options
  const size = Number(blob.sizeBytes)
  if (await isThere(to, blob.sha256, size)) return false
  const part = join(dirname(to), `.${basename(to)}.${blob.sha256.slice(0, 16)}.download`)
  try {
    await mkdir(dirname(to), { recursive: true })
    const wasBegun = await fetchInto(part, options, size)
    let actual = await digestOfFile(part)
    if (actual.sha256 !== blob.sha256 && wasBegun) {
      await rm(part) // what lay there from before was not the beginning of this file
      await fetchInto(part, options, size)
      actual = await digestOfFile(part)
    }
    if (actual.sha256 !== blob.sha256) {
      await rm(part, { force: true })
      throw new VirgaError('VIRGA_DIGEST_MISMATCH', `what came has digest ${actual.sha256}`, {
        file: to,
        expected: `digest ${blob.sha256}`,
      })
    }
    await rename(part, to)
    return true
  } catch (error) {
    throw writeError(error, to)
  }
}

/** @returns whether it went on from bytes that were there before */
async function fetchInto(part: string, options: DownloadOptions, size: number): Promise<boolean> {
  const { open: openStream, server, policy, signal, onBytes } = options
  const retries = new Retries(policy)
  const handle = await open(part, 'a')
  try {
    let at = (await handle.stat()).size
    if (at > size) await handle.truncate((at = 0))
    const wasBegun = at > 0
    while (at < size) {
      try {
        for await (const { chunk } of openStream(BigInt(at))) {
          if (chunk.length === 0) continue
          if (at + chunk.length > size) {
            throw new VirgaError('VIRGA_DIGEST_MISMATCH', 'more came than the file holds', { file: options.to, expected: `${size} bytes` })
          }
          await handle.appendFile(chunk)
          at += chunk.length
          retries.succeeded()
          onBytes?.(at, size)
        }
        if (at < size) throw new CallError(new VirgaError('VIRGA_UNAVAILABLE', ''), `${server}: the stream ended early`, 0)
      } catch (thrown) {
        if (isFileError(thrown)) throw thrown
        await retries.afterFailure(callError(thrown, server), signal)
      }
    }
    await handle.sync()
    return wasBegun
  } finally {
    await handle.close()
  }
}

const isFileError = (thrown: unknown): boolean => thrown instanceof Error && 'syscall' in thrown

async function isThere(file: string, sha256: string, size: number): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() !== true || found.size !== size) return false
  const hash = createHash('sha256')
  await hashFile(file, hash)
  return hash.digest('hex') === sha256
}
