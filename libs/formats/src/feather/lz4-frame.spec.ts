import { describe, expect, it } from 'vitest'
import { unpackLz4Frame } from './lz4-frame.ts'
import { packLz4Frame } from './lz4js.ts'

/** Bytes that repeat at several distances, and some that do not. */
function sample(length: number): Uint8Array {
  let state = 7
  return Uint8Array.from({ length }, (_, i) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return i % 1000 < 900 ? (i % 37) + (i % 5) : state >>> 24
  })
}

describe('unpackLz4Frame', () => {
  it.each([0, 1, 12, 13, 100, 70_000, 5_000_000])('gives back %i bytes that lz4js has packed', (length) => {
    const bytes = sample(length)
    expect(Buffer.from(unpackLz4Frame(packLz4Frame(bytes))).equals(Buffer.from(bytes))).toBe(true)
    expect(Buffer.from(unpackLz4Frame(packLz4Frame(new Uint8Array(length)))).equals(Buffer.alloc(length))).toBe(true)
  })

  /** Magic, version 1 without sums, blocks of up to 64 KiB, header checksum (not looked at), then the block. */
  const frame = (...block: readonly number[]): Uint8Array => Uint8Array.from([0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0, ...block])

  it('reads a frame written by hand', () => {
    expect([...unpackLz4Frame(frame(3, 0, 0, 0x80, 1, 2, 3, 0, 0, 0, 0))]).toEqual([1, 2, 3])
    // Two literals, then a match of 5 at distance 2, then one literal.
    expect([...unpackLz4Frame(frame(7, 0, 0, 0, 0x21, 8, 9, 2, 0, 0x10, 4, 0, 0, 0, 0))]).toEqual([8, 9, 8, 9, 8, 9, 8, 4])
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(0), /cut short/],
    ['another file', new Uint8Array(20), /no LZ4 frame/],
    ['another version', Uint8Array.from([0x04, 0x22, 0x4d, 0x18, 0x80, 0x40, 0]), /version 2/],
    ['a block beyond the end', frame(255, 255, 255, 0xff), /block of 2147483647 bytes is cut short/],
    ['no end mark', frame(1, 0, 0, 0x80, 7), /cut short/],
    ['a match before the start', frame(4, 0, 0, 0, 0x11, 8, 9, 0, 0, 0, 0, 0), /match lies outside/],
    ['a distance of 0', frame(4, 0, 0, 0, 0x11, 8, 0, 0, 0, 0, 0, 0), /match lies outside/],
    ['literals beyond the block', frame(2, 0, 0, 0, 0x70, 8, 0, 0, 0, 0), /7 literals beyond/],
    ['a length without end', frame(2, 0, 0, 0, 0xf0, 255, 0, 0, 0, 0), /ends in a length/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => unpackLz4Frame(bytes)).toThrow(message)
  })
})
