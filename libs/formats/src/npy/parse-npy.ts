import { type ErrorPlace, VirgaError } from '@virga/errors'
import { decodeHalf } from '../feather/half.ts'

export type NpyValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array

export interface NpyArray {
  /** NumPy's name without byte order: f2 (given as float32), f4, f8, i1..i8, u1..u8, b1 (given as 0 and 1). */
  readonly type: string
  readonly shape: readonly number[]
  /** In C order, whatever the order in the file. */
  readonly values: NpyValues
}

export const npyMagic = Buffer.from('\x93NUMPY', 'latin1')

const types = {
  f2: Uint16Array,
  f4: Float32Array,
  f8: Float64Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
  b1: Uint8Array,
} as const

/** NumPy itself has at most 64. */
const maxDimensions = 64

/**
 * Parses a NumPy array (NEP 1, format 1 to 3): floats, integers and booleans of either byte order, in C or Fortran order. The data must be as long
 * as the header says, which is checked before anything is allocated for it.
 *
 * @param place named in errors
 * @throws VirgaError VIRGA_BAD_INPUT: no NumPy file, structured, object or other types, data of another length
 */
export function parseNpy(bytes: Uint8Array, place: ErrorPlace): NpyArray {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const fail = (message: string, expected = 'a NumPy array of numbers'): never => {
    throw new VirgaError('VIRGA_BAD_INPUT', message, { expected, ...place })
  }
  if (buffer.length < 12 || !buffer.subarray(0, 6).equals(npyMagic)) fail(`no NumPy file: ${buffer.length} bytes without its magic`)
  const version = buffer[6]
  if (version < 1 || version > 3) fail(`NumPy format ${version}.${buffer[7]}`, 'NumPy format 1, 2 or 3')
  const start = version === 1 ? 10 : 12
  const end = start + (version === 1 ? buffer.readUInt16LE(8) : buffer.readUInt32LE(8))
  if (end > buffer.length) fail(`NumPy header ends at byte ${end} of ${buffer.length}`)
  if (end - start > 65536) fail(`NumPy header of ${end - start} bytes`)
  const header = buffer.toString('latin1', start, end).trim()
  const descr = /['"]descr['"]\s*:\s*(?:['"]([^'"]*)['"]|(\[))/.exec(header)
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(header)
  const dimensions = /['"]shape['"]\s*:\s*\(([\d\s,L]*)\)/.exec(header)
  if (descr === null || order === null || dimensions === null) return fail(`NumPy header is ${header.slice(0, 200)}`)
  if (descr[2] !== undefined) fail('array is structured', 'a plain array of numbers')
  const [, byteOrder, type] = /^([<>|=]?)([a-zA-Z?]\d*)$/.exec(descr[1].replace('?', 'b1')) ?? []
  if (type === undefined || !Object.hasOwn(types, type)) return fail(`array type is ${descr[1]}`, Object.keys(types).join(', '))
  const shape = (dimensions[1].match(/\d+/g) ?? []).map(Number)
  if (shape.length > maxDimensions) fail(`array has ${shape.length} dimensions`)
  const Values = types[type as keyof typeof types]
  const length = shape.reduce((product, size) => product * size, 1)
  const size = Values.BYTES_PER_ELEMENT
  if (buffer.length - end !== length * size) {
    fail(`${buffer.length - end} data bytes`, `${length * size} bytes for ${shape.join(' x ') || 'one'} values of ${size}`)
  }
  const data = new Uint8Array(bytes.buffer.slice(bytes.byteOffset + end, bytes.byteOffset + bytes.length) as ArrayBuffer)
  if (byteOrder === '>') swapBytes(data, size)
  const raw = new Values(data.buffer)
  const values = type === 'f2' ? decodeHalf(raw as Uint16Array) : raw
  if (type === 'b1' && raw.some((value) => value > 1)) fail('a boolean is neither 0 nor 1')
  return { type, shape, values: order[1] === 'True' ? toRowMajor(values, shape) : values }
}

function swapBytes(data: Uint8Array, size: number): void {
  for (let at = 0; size > 1 && at < data.length; at += size) data.subarray(at, at + size).reverse()
}

/** Fortran order has the first index run fastest, C order the last. */
function toRowMajor(values: NpyValues, shape: readonly number[]): NpyValues {
  if (shape.length < 2 || values.length === 0) return values
  const out = values.slice()
  const index = new Array<number>(shape.length).fill(0)
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1))
  for (let to = 0; to < out.length; to++) {
    out[to] = values[index.reduce((sum, i, axis) => sum + i * strides[axis], 0)]
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0
  }
  return out
}
