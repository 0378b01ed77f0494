import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type BlobRef, type BlobStore, throwIfCancelled } from '@virga/augmentation'
import { isVirgaError, VirgaError } from '@virga/errors'

/**
 * Writes blobs as files below a folder; each digest is checked on the way.
 *
 * @throws VirgaError VIRGA_BAD_INPUT for a blob that is gone, VIRGA_DIGEST_MISMATCH for a damaged one, VIRGA_DISK_FULL, VIRGA_CANNOT_WRITE,
 *   VIRGA_CANCELLED
 */
export async function writeFiles(
  store: BlobStore,
  files: Readonly<Record<string, BlobRef>>,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  for (const [path, ref] of Object.entries(files)) {
    throwIfCancelled(signal)
    const place = join(folder, path)
    try {
      await mkdir(dirname(place), { recursive: true })
      await pipeline(store.get(ref), createWriteStream(place, { flags: 'wx' }))
    } catch (cause) {
      if (isVirgaError(cause)) throw cause
      throw cannotWrite(cause, place)
    }
  }
}

/** What the operating system says when a file cannot be written. */
export function cannotWrite(cause: unknown, file: string): VirgaError {
  const isFull = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')
  const message = isFull ? 'the disk is full' : `cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`
  return new VirgaError(isFull ? 'VIRGA_DISK_FULL' : 'VIRGA_CANNOT_WRITE', message, { file }, { cause })
}
