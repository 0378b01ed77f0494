export type NpyValues = Float64Array | Float32Array | Uint16Array | Uint8Array | Int32Array | BigInt64Array

/**
 * An array as the bytes of a .npy file (NumPy format 1, C order, little-endian, header padded to 64 bytes as NumPy does).
 *
 * @param shape sizes of the axes; [] for a single value
 * @param descriptor NumPy's type; '<f2' for half floats in a Uint16Array
 */
export function encodeNpy(shape: readonly number[], values: NpyValues, descriptor = descriptorOf(values)): Uint8Array {
  const size = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const dictionary = `{'descr': '${descriptor}', 'fortran_order': False, 'shape': (${size}), }`
  const header = dictionary.padEnd(Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 11) + '\n'
  const prefix = Buffer.alloc(10)
  prefix.write('\x93NUMPY\x01\x00', 'latin1')
  prefix.writeUInt16LE(header.length, 8)
  return Buffer.concat([prefix, Buffer.from(header, 'latin1'), new Uint8Array(values.buffer, values.byteOffset, values.byteLength)])
}

function descriptorOf(values: NpyValues): string {
  if (values instanceof Float64Array) return '<f8'
  if (values instanceof Float32Array) return '<f4'
  if (values instanceof Uint16Array) return '<u2'
  if (values instanceof Int32Array) return '<i4'
  return values instanceof BigInt64Array ? '<i8' : '|u1'
}
