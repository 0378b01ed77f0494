import { type Axis, weightBits } from './lanczos4-axis.ts'

/** Words of a row that are skipped together when they are zero in all rows that count: 32 pixels of three bytes. */
const block = 24

/**
 * The vertical half of the resize for rows of bytes in whole words, written out: it is all there is to do where only the height changes, and
 * condition pictures are mostly black.
 *
 * @param data `from` rows of `length` bytes, both the rows' length and the array's place in its buffer multiples of 4
 * @param known 1 for each block of a row that is not all zero, where that is known
 */
export function resizeByteRows(
  data: Uint8Array,
  length: number,
  from: number,
  to: number,
  { first, weights }: Axis,
  known?: Uint8Array,
): Uint8Array {
  const out = new Uint8Array(length * to)
  const words = new Uint32Array(data.buffer, data.byteOffset, data.byteLength >> 2)
  const perRow = length >> 2
  const blocks = Math.ceil(perRow / block)
  const lit = known ?? litBlocks(words, perRow, from, blocks)
  const half = 1 << (weightBits - 1)
  const inside = (row: number): number => Math.min(Math.max(row, 0), from - 1)
  for (let y = 0; y < to; y += 1) {
    const y0 = inside(first[y] + 0)
    const y1 = inside(first[y] + 1)
    const y2 = inside(first[y] + 2)
    const y3 = inside(first[y] + 3)
    const y4 = inside(first[y] + 4)
    const y5 = inside(first[y] + 5)
    const y6 = inside(first[y] + 6)
    const y7 = inside(first[y] + 7)
    const r0 = y0 * perRow
    const r1 = y1 * perRow
    const r2 = y2 * perRow
    const r3 = y3 * perRow
    const r4 = y4 * perRow
    const r5 = y5 * perRow
    const r6 = y6 * perRow
    const r7 = y7 * perRow
    const w0 = weights[y * 8 + 0]
    const w1 = weights[y * 8 + 1]
    const w2 = weights[y * 8 + 2]
    const w3 = weights[y * 8 + 3]
    const w4 = weights[y * 8 + 4]
    const w5 = weights[y * 8 + 5]
    const w6 = weights[y * 8 + 6]
    const w7 = weights[y * 8 + 7]
    for (let b = 0; b < blocks; b += 1) {
      const any =
        lit[y0 * blocks + b] |
        lit[y1 * blocks + b] |
        lit[y2 * blocks + b] |
        lit[y3 * blocks + b] |
        lit[y4 * blocks + b] |
        lit[y5 * blocks + b] |
        lit[y6 * blocks + b] |
        lit[y7 * blocks + b]
      if (any === 0) continue
      for (let k = b * block, end = Math.min(k + block, perRow); k < end; k += 1) {
        const v0 = words[r0 + k]
        const v1 = words[r1 + k]
        const v2 = words[r2 + k]
        const v3 = words[r3 + k]
        const v4 = words[r4 + k]
        const v5 = words[r5 + k]
        const v6 = words[r6 + k]
        const v7 = words[r7 + k]
        if ((v0 | v1 | v2 | v3 | v4 | v5 | v6 | v7) === 0) continue
        for (let s = 0; s < 32; s += 8) {
          const sum =
            half +
            Math.imul((v0 >>> s) & 255, w0) +
            Math.imul((v1 >>> s) & 255, w1) +
            Math.imul((v2 >>> s) & 255, w2) +
            Math.imul((v3 >>> s) & 255, w3) +
            Math.imul((v4 >>> s) & 255, w4) +
            Math.imul((v5 >>> s) & 255, w5) +
            Math.imul((v6 >>> s) & 255, w6) +
            Math.imul((v7 >>> s) & 255, w7)
          const value = sum >> weightBits
          out[y * length + k * 4 + (s >> 3)] = value < 0 ? 0 : value > 255 ? 255 : value
        }
      }
    }
  }
  return out
}

/** 1 for each block of a row that is not all zero. */
function litBlocks(words: Uint32Array, perRow: number, count: number, blocks: number): Uint8Array {
  const lit = new Uint8Array(blocks * count)
  for (let y = 0; y < count; y += 1) {
    for (let b = 0; b < blocks; b += 1) {
      let any = 0
      for (let i = y * perRow + b * block, end = y * perRow + Math.min((b + 1) * block, perRow); i < end; i += 1) any |= words[i]
      lit[y * blocks + b] = any === 0 ? 0 : 1
    }
  }
  return lit
}
