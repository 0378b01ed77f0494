/** A block grows by 255 bytes for each of its own at most: that is how the length of a match is written. */
const largestRatio = 255

/**
 * Unpacks one LZ4 frame (LZ4 frame format 1.6.4 and block format), every length checked against the bytes that are there: `lz4js`, which packs here, trusts
 * them, and a damaged file makes it copy for minutes or allocate gigabytes. Checksums are passed over.
 *
 * @throws RangeError saying what does not fit
 */
export function unpackLz4Frame(data: Uint8Array): Uint8Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const need = (at: number, count: number): void => {
    if (at + count > data.length) throw new RangeError(`LZ4 frame of ${data.length} bytes is cut short`)
  }
  need(0, 7)
  if (view.getUint32(0, true) !== 0x184d2204) throw new RangeError('no LZ4 frame')
  const flags = data[4]
  if (flags >> 6 !== 1) throw new RangeError(`LZ4 frame of version ${flags >> 6}`)
  const hasBlockSums = (flags & 0x10) !== 0
  let at = 7 + ((flags & 8) !== 0 ? 8 : 0) + ((flags & 1) !== 0 ? 4 : 0)
  const out = new Uint8Array(unpackedBound(view, at, hasBlockSums, 1 << (8 + 2 * ((data[5] >> 4) & 7))))
  let length = 0
  for (;;) {
    need(at, 4)
    const word = view.getUint32(at, true)
    if (word === 0) return out.length === length ? out : out.slice(0, length)
    const size = word & 0x7fffffff
    at += 4
    need(at, size)
    if (word >>> 31 === 1) {
      out.set(data.subarray(at, at + size), length)
      length += size
    } else length = unpackBlock(data, at, at + size, out, length)
    at += size + (hasBlockSums ? 4 : 0)
  }
}

/** Most that the blocks can unpack to. */
function unpackedBound(view: DataView, start: number, hasBlockSums: boolean, blockSize: number): number {
  let bound = 0
  for (let at = start; at + 4 <= view.byteLength;) {
    const word = view.getUint32(at, true)
    if (word === 0) break
    const size = word & 0x7fffffff
    bound += word >>> 31 === 1 ? size : Math.min(blockSize, largestRatio * size)
    at += 4 + size + (hasBlockSums ? 4 : 0)
    if (at > view.byteLength) throw new RangeError(`LZ4 block of ${size} bytes is cut short`)
  }
  return bound
}

/** Sequences of literals and matches. @returns the length of `out` that is filled then */
function unpackBlock(data: Uint8Array, start: number, end: number, out: Uint8Array, filled: number): number {
  let [at, to] = [start, filled]
  const lengthFrom = (nibble: number): number => {
    let length = nibble
    for (let byte = nibble === 15 ? 255 : 0; byte === 255; length += byte) {
      if (at >= end) throw new RangeError('LZ4 block ends in a length')
      byte = data[at++]
    }
    return length
  }
  while (at < end) {
    const token = data[at++]
    const literals = lengthFrom(token >> 4)
    if (at + literals > end || to + literals > out.length) throw new RangeError(`LZ4 block has ${literals} literals beyond its end`)
    for (let i = 0; i < literals; i++) out[to++] = data[at++]
    if (at === end) break
    const offset = data[at] | (data[at + 1] << 8)
    at += 2
    const match = lengthFrom(token & 15) + 4
    if (at > end || offset === 0 || offset > to || to + match > out.length) throw new RangeError('LZ4 match lies outside the data')
    for (let i = 0; i < match; i++, to++) out[to] = out[to - offset]
  }
  return to
}
