import { describe, expect, it } from 'vitest'
import { encodeHalf } from '../feather/half.ts'
import { parseNpy } from './parse-npy.ts'
import { encodeNpy } from './write-npy.ts'

/** A .npy file with a header of one's own. */
export function npyOf(header: string, data: Uint8Array, version = 1): Buffer {
  const prefix = Buffer.alloc(version === 1 ? 10 : 12)
  prefix.write('\x93NUMPY', 'latin1')
  prefix[6] = version
  if (version === 1) prefix.writeUInt16LE(header.length, 8)
  else prefix.writeUInt32LE(header.length, 8)
  return Buffer.concat([prefix, Buffer.from(header), data])
}
const place = { file: 'a.npy' }
const of = (descr: string, shape: string, data: Uint8Array, order = 'False', version = 1): Buffer =>
  npyOf(`{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`, data, version)

describe('parseNpy', () => {
  it('reads every type that it names, in both byte orders', () => {
    const float = new Float64Array([1.5, -2, 3])
    expect(parseNpy(encodeNpy([3], float), place)).toEqual({ type: 'f8', shape: [3], values: float })
    expect(parseNpy(of('>f8', '(3,)', Buffer.from(float.slice().buffer).swap64()), place).values).toEqual(float)
    expect(parseNpy(of('<f2', '(3, )', Buffer.from(encodeHalf(float).buffer)), place)).toEqual({
      type: 'f2',
      shape: [3],
      values: Float32Array.from(float),
    })
    expect(parseNpy(of('>i2', '(2L,)', Buffer.from([1, 0, 0xff, 0xff])), place).values).toEqual(Int16Array.of(256, -1))
    expect(parseNpy(of('<u8', '()', Buffer.from([1, 0, 0, 0, 0, 0, 0, 0x80])), place)).toEqual({
      type: 'u8',
      shape: [],
      values: BigUint64Array.of((1n << 63n) + 1n),
    })
    expect(parseNpy(of('|b1', '(2,)', Buffer.from([1, 0])), place).values).toEqual(Uint8Array.of(1, 0))
    expect(parseNpy(of('|u1', '(0, 3)', Buffer.alloc(0)), place)).toEqual({ type: 'u1', shape: [0, 3], values: new Uint8Array(0) })
    for (const version of [2, 3])
      expect(parseNpy(of('|i1', '(1,)', Buffer.from([255]), 'False', version), place).values).toEqual(Int8Array.of(-1))
  })

  it('gives Fortran order as C order', () => {
    const matrix = parseNpy(of('|u1', '(2, 3)', Buffer.from([1, 4, 2, 5, 3, 6]), 'True'), place)
    expect(matrix.values).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6))
    const cube = parseNpy(of('|u1', '(2, 2, 2)', Buffer.from([0, 4, 2, 6, 1, 5, 3, 7]), 'True'), place)
    expect(cube.values).toEqual(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7))
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['other files', Buffer.from('PK\x03\x04 and so on'), /no NumPy file: 14 bytes without its magic \(file a\.npy\)/],
    ['format 4', of('<f4', '(0,)', Buffer.alloc(0), 'False', 4), /NumPy format 4\.0.*expected NumPy format 1, 2 or 3/],
    ['a header beyond the file', npyOf('{}', Buffer.alloc(0)).subarray(0, 11), /no NumPy file|header ends at byte/],
    ['a header without shape', npyOf("{'descr': '<f4', 'fortran_order': False}    ", Buffer.alloc(4)), /NumPy header is \{'descr'/],
    [
      'structured arrays',
      npyOf("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,)}", Buffer.alloc(4)),
      /array is structured/,
    ],
    ['objects', of('|O', '(1,)', Buffer.alloc(8)), /array type is \|O.*expected f2, f4, f8/],
    ['complex numbers', of('<c8', '(1,)', Buffer.alloc(8)), /array type is <c8/],
    ['inherited names', of('<toString', '(1,)', Buffer.alloc(8)), /array type is <toString/],
    ['too little data', of('<f4', '(4, 4)', Buffer.alloc(60)), /60 data bytes .*expected 64 bytes for 4 x 4 values of 4/],
    ['too much data', of('<f4', '(4, 4)', Buffer.alloc(68)), /68 data bytes/],
    ['absurd shapes', of('<f8', '(99999999999, 99999999999)', Buffer.alloc(8)), /8 data bytes .*expected 7.99\d*e\+22 bytes/],
    ['booleans that are none', of('|b1', '(1,)', Buffer.from([7])), /a boolean is neither 0 nor 1/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseNpy(bytes, place)).toThrow(message)
  })
})
