import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { encodeNpy } from '../npy/write-npy.ts'
import { zipOf, type ZipMember } from './zip-bytes.ts'
import { maxArrayBytes, openNpz } from './read-npz.ts'
import { encodeNpz } from './write-npz.ts'

const place = { file: 'a.tar', record: 'a.npz' }
const xyz = encodeNpy([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6))

const forged = (fields: Partial<ZipMember> = {}, zip64 = false): Buffer =>
  zipOf({ 'xyz.npy': { bytes: xyz, packed: deflateRawSync(xyz), ...fields } }, zip64)
const read = (bytes: Uint8Array) => openNpz(bytes, place).read('xyz')

describe('openNpz', () => {
  it('reads stored and deflated arrays, and zip64 sizes', () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6)
    const stored = openNpz(encodeNpz({ xyz, row: encodeNpy([2], Uint8Array.of(3, 4)) }), place)
    expect(stored.names).toEqual(['xyz', 'row'])
    expect(stored.read('xyz')).toEqual({ type: 'f4', shape: [2, 3], values })
    expect(stored.read('row').values).toEqual(Uint8Array.of(3, 4))
    expect(read(forged()).values).toEqual(values)
    expect(read(forged({}, true)).values).toEqual(values)
    expect(read(Buffer.concat([forged().subarray(0, -2), Buffer.from([4, 0]), Buffer.from('note')])).values).toEqual(values)
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', Buffer.alloc(0), /no end of central directory in 0 bytes/],
    ['a file cut short', forged().subarray(0, -30), /no end of central directory/],
    ['encryption', forged({ flags: 1 }), /member is encrypted \(file a\.tar, record a\.npz, field xyz\.npy\)/],
    ['another compression', forged({ method: 12 }), /compression method 12/],
    ['a wrong CRC', forged({ crc: 1 }), /wrong CRC/],
    ['broken deflate data', forged({ packed: Buffer.from([7, 7, 7]) }), /cannot be inflated/],
    ['a member beyond the file', forged({ offset: 1 << 30 }), /no member at byte 1073741824/],
    ['a stated size that is too small', forged({ unpacked: 100 }), /unpacks to more than the 100 bytes/],
    ['a stated size that is too large', forged({ unpacked: 300 }), /member has 152 bytes.*expected 300 bytes/],
    ['a member larger than the cap', forged({ unpacked: maxArrayBytes + 1 }), /unpacks to \d+ bytes/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(message)
    expect(() => read(bytes)).toThrow(expect.objectContaining({ code: 'VIRGA_BAD_INPUT' }))
  })

  it('stops unpacking a bomb at the size that it states', () => {
    const bomb = forged({ packed: deflateRawSync(Buffer.alloc(2 ** 26)), unpacked: 1000 })
    expect(bomb.length).toBeLessThan(100_000)
    const before = process.memoryUsage().arrayBuffers
    expect(() => read(bomb)).toThrow(/unpacks to more than the 1000 bytes/)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20)
  })

  it('names what there is where an array is missing', () => {
    expect(() => openNpz(forged(), place).read('row')).toThrow(/array is missing .*field row\); expected one of xyz/)
  })
})
