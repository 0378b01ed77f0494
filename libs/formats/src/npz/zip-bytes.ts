import { crc32 } from 'node:zlib'

/** What the archive says of a member; the true values where not given. */
export interface ZipMember {
  readonly bytes: Uint8Array
  /** The data as they lie in the archive, deflated. */
  readonly packed: Uint8Array
  readonly method?: number
  readonly unpacked?: number
  readonly crc?: number
  readonly flags?: number
  readonly offset?: number
}

/** A zip archive with fields of one's own, for tests of the reader. @param zip64 sizes stand in the zip64 extra field and end record */
export function zipOf(members: Readonly<Record<string, ZipMember>>, zip64 = false): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const [key, member] of Object.entries(members)) {
    const name = Buffer.from(key)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50)
    local.writeUInt16LE(name.length, 26)
    parts.push(local, name, Buffer.from(member.packed))
    directory.push(entry(name, member, member.offset ?? at, zip64))
    at += 30 + name.length + member.packed.length
  }
  const entries = Buffer.concat(directory)
  return Buffer.concat([
    ...parts,
    entries,
    ...(zip64 ? wideEnd(directory.length, entries.length, at) : []),
    end(directory.length, entries.length, at),
  ])
}

function entry(name: Buffer, { bytes, packed, method = 8, unpacked, crc, flags = 0 }: ZipMember, offset: number, zip64: boolean): Buffer {
  const size = unpacked ?? bytes.length
  const extra = Buffer.alloc(zip64 ? 20 : 0)
  const central = Buffer.alloc(46)
  central.writeUInt32LE(0x02014b50)
  central.writeUInt16LE(flags, 8)
  central.writeUInt16LE(method, 10)
  central.writeUInt32LE(crc ?? crc32(bytes), 16)
  central.writeUInt32LE(zip64 ? 0xffffffff : packed.length, 20)
  central.writeUInt32LE(zip64 ? 0xffffffff : size, 24)
  central.writeUInt16LE(name.length, 28)
  central.writeUInt16LE(extra.length, 30)
  central.writeUInt32LE(offset, 42)
  if (zip64) {
    extra.writeUInt16LE(1, 0)
    extra.writeUInt16LE(16, 2)
    extra.writeBigUInt64LE(BigInt(size), 4)
    extra.writeBigUInt64LE(BigInt(packed.length), 12)
  }
  return Buffer.concat([central, name, extra])
}

function end(count: number, size: number, offset: number): Buffer {
  const mark = Buffer.alloc(22)
  mark.writeUInt32LE(0x06054b50)
  mark.writeUInt16LE(count, 10)
  mark.writeUInt32LE(size, 12)
  mark.writeUInt32LE(offset, 16)
  return mark
}

function wideEnd(count: number, size: number, offset: number): Buffer[] {
  const record = Buffer.alloc(56)
  record.writeUInt32LE(0x06064b50)
  record.writeBigUInt64LE(BigInt(count), 32)
  record.writeBigUInt64LE(BigInt(size), 40)
  record.writeBigUInt64LE(BigInt(offset), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50)
  locator.writeBigUInt64LE(BigInt(offset + size), 8)
  return [record, locator]
}
