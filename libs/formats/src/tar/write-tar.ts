import { type FileHandle, open } from 'node:fs/promises'
import { VirgaError } from '@virga/errors'

const blockSize = 512
/** What tar rounds the file up to: 20 blocks. */
const recordSize = 20 * blockSize
/** Members are small; they go to the disk in pieces of this size. */
const bufferSize = 1 << 20
const longestName = 100
/** Eleven octal digits. */
const largestSize = 8 ** 11 - 1

/**
 * Writes a POSIX tar (pax, IEEE Std 1003.1-2001) member by member, so that memory does not grow with it: a name beyond 100 bytes goes into an
 * extended header. Members are plain files, mode 0444, without owner and time, so the same members give the same bytes.
 */
export class TarWriter {
  #file: FileHandle
  #pending: Uint8Array[] = []
  #pendingBytes = 0
  #length = 0

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** Creates the file, which must not be there. */
  static async create(path: string): Promise<TarWriter> {
    return new TarWriter(await open(path, 'wx'))
  }

  async add(name: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length > largestSize) throw new VirgaError('VIRGA_INTERNAL', `tar member ${name} has ${bytes.length} bytes`)
    const short = Buffer.from(name).subarray(0, longestName)
    if (Buffer.byteLength(name) > longestName) {
      const record = paxRecord('path', name)
      this.#push(header(Buffer.from('././@PaxHeader'), record.length, 'x'), record)
    }
    this.#push(header(short, bytes.length, '0'), bytes)
    if (this.#pendingBytes >= bufferSize) await this.#flush()
  }

  /** Ends the archive, makes it durable and closes it. */
  async finish(): Promise<void> {
    this.#push(new Uint8Array(2 * blockSize))
    const rest = this.#length % recordSize
    if (rest > 0) this.#push(new Uint8Array(recordSize - rest))
    await this.#flush()
    await this.#file.sync()
    await this.#file.close()
  }

  /** Closes the unfinished file. */
  async abort(): Promise<void> {
    await this.#file.close().catch(() => undefined)
  }

  #push(...parts: Uint8Array[]): void {
    for (const part of parts) {
      const padding = (blockSize - (part.length % blockSize)) % blockSize
      this.#pending.push(part)
      if (padding > 0) this.#pending.push(new Uint8Array(padding))
      this.#pendingBytes += part.length + padding
      this.#length += part.length + padding
    }
  }

  async #flush(): Promise<void> {
    await this.#file.writeFile(Buffer.concat(this.#pending))
    this.#pending = []
    this.#pendingBytes = 0
  }
}

/** Writes a whole tar from members that are made one by one. */
export async function writeTar(
  path: string,
  members: AsyncIterable<readonly [string, Uint8Array]> | Iterable<readonly [string, Uint8Array]>,
): Promise<number> {
  const tar = await TarWriter.create(path)
  let count = 0
  try {
    for await (const [name, bytes] of members) {
      await tar.add(name, bytes)
      count++
    }
    await tar.finish()
  } catch (error) {
    await tar.abort()
    throw error
  }
  return count
}

/** "<length> <key>=<value>\n", the length counting itself. */
function paxRecord(key: string, value: string): Uint8Array {
  const tail = Buffer.from(` ${key}=${value}\n`)
  let length = tail.length
  while (length !== tail.length + String(length).length) length = tail.length + String(length).length
  return Buffer.concat([Buffer.from(String(length)), tail])
}

function header(name: Uint8Array, size: number, type: '0' | 'x'): Uint8Array {
  const block = Buffer.alloc(blockSize)
  const octal = (value: number, at: number, width: number): number =>
    block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1')
  block.set(name, 0)
  octal(0o444, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  block.write(type, 156, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  octal(0, 329, 8)
  octal(0, 337, 8)
  // The checksum counts its own field as spaces.
  block.fill(0x20, 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}
