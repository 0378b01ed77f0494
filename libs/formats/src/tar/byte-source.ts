import { type FileHandle, open } from 'node:fs/promises'
import { VirgaError } from '@virga/errors'

/** Bytes that are read piece by piece: a file, or a buffer. */
export interface ByteSource {
  readonly size: number
  /** A copy of `length` bytes from `offset`; the caller has checked that they lie inside. */
  read(offset: number, length: number): Promise<Buffer>
}

/** So much of a file is read ahead: headers and small members that follow each other cost one read. */
const windowBytes = 64 * 1024

export function bufferSource(bytes: Uint8Array): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { size: bytes.length, read: async (offset, length) => Buffer.from(buffer.subarray(offset, offset + length)) }
}

/**
 * Opens a file for the time of `use`; it is closed when that ends. One window of it is held in memory.
 *
 * @throws VirgaError VIRGA_BAD_INPUT if there is no such file or it cannot be read
 */
export async function withFileSource<T>(file: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  let handle: FileHandle | undefined
  try {
    handle = await open(file, 'r')
    const info = await handle.stat()
    if (!info.isFile()) throw new VirgaError('VIRGA_BAD_INPUT', 'not a file', { file, expected: 'a file' })
    return await use(fileSource(handle, file, info.size))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error
    throw new VirgaError('VIRGA_BAD_INPUT', `cannot be read (${code})`, { file, expected: 'a readable file' }, { cause: error })
  } finally {
    await handle?.close()
  }
}

function fileSource(handle: FileHandle, file: string, size: number): ByteSource {
  let window: Buffer = Buffer.alloc(0)
  let start = 0
  const fill = async (offset: number, length: number): Promise<Buffer> => {
    const buffer = Buffer.allocUnsafeSlow(length)
    let filled = 0
    while (filled < length) {
      const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled)
      if (bytesRead === 0) {
        const message = `ends at byte ${offset + filled} while it is read`
        throw new VirgaError('VIRGA_BAD_INPUT', message, { file, expected: `${size} bytes` })
      }
      filled += bytesRead
    }
    return buffer
  }
  return {
    size,
    async read(offset, length) {
      if (length > windowBytes) return fill(offset, length)
      if (offset < start || offset + length > start + window.length) {
        window = await fill(offset, Math.min(windowBytes, size - offset))
        start = offset
      }
      return Buffer.from(window.subarray(offset - start, offset - start + length))
    },
  }
}
