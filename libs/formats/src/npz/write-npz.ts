import { crc32 } from 'node:zlib'

/** 1 January 1980, 0:00, in the format of DOS: the earliest that a zip can state, as everything is deterministic. */
const dosDate = 0x21

/** Arrays by name, as the bytes of a .npz file: a zip without compression, which is what `numpy.savez` makes. Below 4 GiB. */
export function encodeNpz(arrays: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const [key, bytes] of Object.entries(arrays)) {
    const name = Buffer.from(`${key}.npy`)
    const fields = sharedFields(bytes, name.length)
    const local = Buffer.concat([signature('PK\x03\x04'), fields, name])
    const central = Buffer.alloc(46)
    central.set(signature('PK\x01\x02'))
    central.writeUInt16LE(20, 4) // made by version 2.0
    central.set(fields, 6)
    central.writeUInt32LE(offset, 42)
    parts.push(local, bytes)
    directory.push(central, name)
    offset += local.length + bytes.length
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0)
  const end = Buffer.alloc(22)
  end.set(signature('PK\x05\x06'))
  end.writeUInt16LE(directory.length / 2, 8)
  end.writeUInt16LE(directory.length / 2, 10)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, ...directory, end])
}

/** What a local and a central header have in common: version needed to length of the extra field (APPNOTE 4.3.7 and 4.3.12). */
function sharedFields(bytes: Uint8Array, nameLength: number): Uint8Array {
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0)
  fields.writeUInt16LE(dosDate, 8)
  fields.writeUInt32LE(crc32(bytes), 10)
  fields.writeUInt32LE(bytes.length, 14)
  fields.writeUInt32LE(bytes.length, 18)
  fields.writeUInt16LE(nameLength, 22)
  return fields
}

const signature = (text: string): Uint8Array => Buffer.from(text, 'latin1')
