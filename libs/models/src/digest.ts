import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { VirgaError } from '@virga/errors'
import type { BundleFile } from './manifest.ts'

/** sha256 of a file in hex, read as a stream. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/**
 * Checks that a file of a bundle is there with the stated size.
 *
 * @throws VirgaError VIRGA_BAD_BUNDLE when it is missing, VIRGA_DIGEST_MISMATCH when it has another size
 */
export async function checkPresent(dir: string, entry: BundleFile): Promise<void> {
  const path = join(dir, entry.file)
  const found = await stat(path).catch((cause: unknown) => {
    throw new VirgaError('VIRGA_BAD_BUNDLE', 'a file of the bundle cannot be read', { file: path }, { cause })
  })
  if (found.size !== entry.bytes)
    throw new VirgaError('VIRGA_DIGEST_MISMATCH', `the file has ${found.size} bytes`, {
      file: path,
      field: 'bytes',
      expected: `${entry.bytes} bytes`,
    })
}

/**
 * Checks a file of a bundle against its digest.
 *
 * @throws VirgaError VIRGA_DIGEST_MISMATCH naming the file and both digests; VIRGA_BAD_BUNDLE when it cannot be read
 */
export async function checkDigest(dir: string, entry: BundleFile): Promise<void> {
  await checkPresent(dir, entry)
  const path = join(dir, entry.file)
  const digest = await sha256OfFile(path)
  if (digest !== entry.sha256)
    throw new VirgaError('VIRGA_DIGEST_MISMATCH', `the file has sha256 ${digest}`, { file: path, field: 'sha256', expected: entry.sha256 })
}
