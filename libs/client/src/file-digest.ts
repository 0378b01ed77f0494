import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** Feeds what a file holds into a hash. @returns how many bytes */
export async function hashFile(file: string, hash: Hash): Promise<number> {
  let size = 0
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    const bytes = chunk as Buffer
    hash.update(bytes)
    size += bytes.length
  }
  return size
}

/** SHA-256 in lower-case hex, and size in bytes. */
export async function digestOfFile(file: string): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash('sha256')
  const size = await hashFile(file, hash)
  return { sha256: hash.digest('hex'), size }
}
