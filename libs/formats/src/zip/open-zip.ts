import { crc32, inflateRawSync } from 'node:zlib'
import { type ErrorPlace, VirgaError } from '@virga/errors'

/** Most members that an archive may list. */
const maxMembers = 10_000

const endMark = 0x06054b50
const zip64EndMark = 0x06064b50
const zip64LocatorMark = 0x07064b50
const entryMark = 0x02014b50
const localMark = 0x04034b50

interface Entry {
  readonly name: string
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly unpacked: number
  readonly offset: number
}

/** The members of a zip archive, unpacked when asked for. */
export interface Zip {
  readonly names: readonly string[]
  /** @throws VirgaError VIRGA_BAD_INPUT if there is no such member, or it is broken */
  read(name: string): Buffer
}

export interface ZipOptions {
  /** What the archive is and what its members are, for messages; default: a zip archive, member. */
  readonly archive?: string
  readonly member?: string
  /** Most that one member may unpack to, bytes. */
  readonly maxMemberBytes: number
}

/**
 * Reads the directory of a zip file (PKWARE APPNOTE 6.3) with members stored or deflated, zip64 sizes among them. A member is unpacked up to the
 * length that the directory states for it and `maxMemberBytes`, so that a small file cannot fill the memory; its CRC is checked.
 *
 * @param place named in errors, the member as field
 * @throws VirgaError VIRGA_BAD_INPUT: no zip file, cut short, encrypted, another compression, sizes that do not fit
 */
export function openZip(bytes: Uint8Array, place: ErrorPlace, options: ZipOptions): Zip {
  const { archive = 'a zip archive', member = 'member' } = options
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const fail: Fail = (message, field, expected = archive) => {
    throw new VirgaError('VIRGA_BAD_INPUT', message, { expected, ...place, ...(field === undefined ? {} : { field }) })
  }
  const entries = new Map(directory(buffer, fail).map((entry) => [entry.name, entry]))
  return {
    names: [...entries.keys()],
    read(name) {
      const entry = entries.get(name) ?? fail(`${member} is missing`, name, `one of ${[...entries.keys()].slice(0, 20).join(', ')}`)
      const { maxMemberBytes: most } = options
      if (entry.unpacked > most) fail(`${member} unpacks to ${entry.unpacked} bytes`, name, `at most ${most} bytes`)
      return unpack(buffer, entry, fail)
    },
  }
}

type Fail = (message: string, field?: string, expected?: string) => never

function directory(buffer: Buffer, fail: Fail): Entry[] {
  let end = buffer.length - 22
  const first = Math.max(0, end - 65535)
  while (end >= first && buffer.readUInt32LE(end) !== endMark) end -= 1
  if (end < first) return fail(`no end of central directory in ${buffer.length} bytes: no zip file, or cut short`)
  let [count, size, offset] = [buffer.readUInt16LE(end + 10), buffer.readUInt32LE(end + 12), buffer.readUInt32LE(end + 16)]
  if (end >= 20 && buffer.readUInt32LE(end - 20) === zip64LocatorMark) {
    const at = safe(buffer.readBigUInt64LE(end - 12))
    if (at + 56 > buffer.length || buffer.readUInt32LE(at) !== zip64EndMark) fail('zip64 directory is not where the archive says')
    ;[count, size, offset] = [32, 40, 48].map((field) => safe(buffer.readBigUInt64LE(at + field)))
  }
  if (count > maxMembers) fail(`archive lists ${count} members`, undefined, `at most ${maxMembers}`)
  if (offset + size > buffer.length) fail(`directory lies at bytes ${offset} to ${offset + size} of ${buffer.length}`)
  const entries: Entry[] = []
  for (let at = offset; entries.length < count;) {
    if (at + 46 > offset + size || buffer.readUInt32LE(at) !== entryMark) fail(`directory entry ${entries.length} of ${count} is broken`)
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => buffer.readUInt16LE(at + field))
    const next = at + 46 + nameLength + extraLength + commentLength
    if (next > offset + size) fail(`directory entry ${entries.length} of ${count} is broken`)
    const name = buffer.toString('utf8', at + 46, at + 46 + nameLength)
    if ((buffer.readUInt16LE(at + 8) & 1) !== 0) fail('member is encrypted', name)
    const [packed, unpacked, local] = wideSizes(buffer, at, at + 46 + nameLength, extraLength)
    entries.push({ name, method: buffer.readUInt16LE(at + 10), crc: buffer.readUInt32LE(at + 16), packed, unpacked, offset: local })
    at = next
  }
  return entries
}

/** Packed size, size and offset of an entry; those that 32 bits do not hold stand in its zip64 extra field, in the order size, packed, offset. */
function wideSizes(buffer: Buffer, entry: number, extra: number, extraLength: number): [number, number, number] {
  const sizes = [24, 20, 42].map((field) => buffer.readUInt32LE(entry + field))
  for (let at = extra; at + 4 <= extra + extraLength; at += 4 + buffer.readUInt16LE(at + 2)) {
    if (buffer.readUInt16LE(at) !== 1) continue
    let field = at + 4
    const end = Math.min(field + buffer.readUInt16LE(at + 2), extra + extraLength)
    for (let i = 0; i < 3 && field + 8 <= end; i++) {
      if (sizes[i] !== 0xffffffff) continue
      sizes[i] = safe(buffer.readBigUInt64LE(field))
      field += 8
    }
  }
  return [sizes[1], sizes[0], sizes[2]]
}

function unpack(buffer: Buffer, { name, method, crc, packed, unpacked, offset }: Entry, fail: Fail): Buffer {
  if (offset + 30 > buffer.length || buffer.readUInt32LE(offset) !== localMark) fail(`no member at byte ${offset}`, name)
  const start = offset + 30 + buffer.readUInt16LE(offset + 26) + buffer.readUInt16LE(offset + 28)
  if (start + packed > buffer.length) fail(`member ends at byte ${start + packed} of ${buffer.length}: cut short`, name)
  const data = buffer.subarray(start, start + packed)
  if (method !== 0 && method !== 8) fail(`member has compression method ${method}`, name, 'stored or deflated members')
  const out = method === 0 ? data : inflate(data, unpacked, (message) => fail(message, name))
  if (out.length !== unpacked) fail(`member has ${out.length} bytes`, name, `${unpacked} bytes as the directory says`)
  if (crc32(out) !== crc) fail('member has a wrong CRC', name)
  return out
}

function inflate(data: Buffer, length: number, fail: (message: string) => never): Buffer {
  try {
    // One byte more than stated, so that a member that unpacks to more is told from one that fits.
    return inflateRawSync(data, { maxOutputLength: length + 1 })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ERR_BUFFER_TOO_LARGE') return fail(`member unpacks to more than the ${length} bytes that the directory states`)
    return fail(`member cannot be inflated: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Sizes beyond what a number holds are beyond any file: they fail the next check of range. */
function safe(value: bigint): number {
  return value > 2n ** 53n ? 2 ** 53 : Number(value)
}
