/** Blocks of a tar archive: POSIX.1-1988 ustar, with GNU's base-256 numbers. */
export const blockBytes = 512

/** What a header block says. */
export interface TarHeader {
  readonly name: string
  readonly size: number
  /** The type flag: '0' file, '5' directory, 'x' and 'g' PAX records, 'L' and 'K' GNU long names. */
  readonly type: string
}

export function isZeroBlock(block: Buffer): boolean {
  return block.every((byte) => byte === 0)
}

/** @returns a reason instead of a header where the block is none */
export function parseHeader(block: Buffer): TarHeader | string {
  const stated = numberAt(block, 148, 8)
  let unsigned = 0
  let signed = 0
  for (let i = 0; i < blockBytes; i++) {
    const byte = i >= 148 && i < 156 ? 32 : block[i]
    unsigned += byte
    signed += byte > 127 ? byte - 256 : byte
  }
  // Some old archivers sum signed bytes (POSIX pax, "ustar interchange format", names the unsigned sum).
  if (stated !== unsigned && stated !== signed) return `header checksum is ${unsigned}, stated as ${stated ?? 'no number'}`
  const size = numberAt(block, 124, 12)
  if (size === undefined) return 'member size is no number'
  const isUstar = block.toString('latin1', 257, 262) === 'ustar'
  // GNU's own variant ("ustar  ") keeps other things where POSIX has the name's prefix.
  const prefix = isUstar && block[262] === 0 ? textAt(block, 345, 155) : ''
  const name = textAt(block, 0, 100)
  return { name: prefix === '' ? name : `${prefix}/${name}`, size, type: block[156] === 0 ? '0' : String.fromCharCode(block[156]) }
}

function textAt(block: Buffer, offset: number, length: number): string {
  const field = block.subarray(offset, offset + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end)
}

/** Octal digits, or base 256 where the first bit is set; undefined for anything else and beyond what a number holds exactly. */
function numberAt(block: Buffer, offset: number, length: number): number | undefined {
  if (block[offset] === 0x80) {
    let value = 0
    for (let i = 1; i < length; i++) value = value * 256 + block[offset + i]
    return Number.isSafeInteger(value) ? value : undefined
  }
  const text = block
    .toString('latin1', offset, offset + length)
    .replace(/\0[^]*$/, '')
    .trim()
  return /^[0-7]+$/.test(text) ? parseInt(text, 8) : text === '' ? 0 : undefined
}
