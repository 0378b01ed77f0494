import { VirgaError } from '@virga/errors'

/** A tensor of a safetensors file; every dtype but the integers of 64 bits is widened to numbers. */
export interface StoredTensor {
  readonly dtype: string
  readonly shape: readonly number[]
  /** Values in row-major order, float16 and bfloat16 widened to float32. */
  readonly data: Float32Array | Float64Array | Uint8Array | Int8Array | Int32Array | BigInt64Array
}

interface HeaderEntry {
  readonly dtype: string
  readonly shape: number[]
  readonly data_offsets: [number, number]
}

/**
 * Reads a safetensors file (format: huggingface/safetensors, 8-byte little-endian header length, JSON header, tensor bytes).
 *
 * @param file its name, for error messages
 * @throws VirgaError VIRGA_BAD_INPUT when the file is cut short, its header is no JSON, or a tensor's offsets and shape disagree
 */
export function parseSafetensors(bytes: Uint8Array, file: string): Map<string, StoredTensor> {
  const bad = (what: string, record?: string, expected?: string): VirgaError =>
    new VirgaError('VIRGA_BAD_INPUT', what, {
      file,
      ...(record === undefined ? {} : { record }),
      ...(expected === undefined ? {} : { expected }),
    })
  if (bytes.length < 8) throw bad('no safetensors file: too short', undefined, 'at least 8 bytes')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headerLength = Number(view.getBigUint64(0, true))
  if (headerLength > bytes.length - 8) throw bad('no safetensors file: cut short', 'header', `${headerLength} bytes of header`)
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)))
  } catch (cause) {
    throw new VirgaError('VIRGA_BAD_INPUT', 'no safetensors file: the header is no JSON', { file }, { cause })
  }
  if (typeof header !== 'object' || header === null) throw bad('no safetensors file: the header is no object')
  const body = bytes.subarray(8 + headerLength)
  const tensors = new Map<string, StoredTensor>()
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue
    if (!isEntry(entry)) throw bad('tensor is not described', name, 'dtype, shape and data_offsets')
    const [start, end] = entry.data_offsets
    const width = widths[entry.dtype]
    if (width === undefined) throw bad(`tensor has dtype ${entry.dtype}`, name, Object.keys(widths).join(', '))
    const count = entry.shape.reduce((a, b) => a * b, 1)
    if (start < 0 || end > body.length || end - start !== count * width)
      throw bad(`tensor lies at bytes ${start} to ${end} of ${body.length}`, name, `${count * width} bytes within the file`)
    tensors.set(name, { dtype: entry.dtype, shape: entry.shape, data: decode(new Uint8Array(body.subarray(start, end)), entry.dtype) })
  }
  return tensors
}

const widths: Readonly<Record<string, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I8: 1, U8: 1, BOOL: 1 }

function isEntry(value: unknown): value is HeaderEntry {
  const entry = value as Partial<HeaderEntry> | null
  const numbers = (list: unknown): boolean => Array.isArray(list) && list.every((n) => Number.isInteger(n) && n >= 0)
  return (
    typeof entry === 'object' && entry !== null && typeof entry.dtype === 'string' && numbers(entry.shape) && numbers(entry.data_offsets)
  )
}

function decode(bytes: Uint8Array, dtype: string): StoredTensor['data'] {
  const { buffer } = bytes as Uint8Array<ArrayBuffer>
  switch (dtype) {
    case 'F64':
      return new Float64Array(buffer)
    case 'F32':
      return new Float32Array(buffer)
    case 'F16':
      return Float32Array.from(new Uint16Array(buffer), halfToNumber)
    case 'BF16':
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer)
    case 'I64':
      return new BigInt64Array(buffer)
    case 'I32':
      return new Int32Array(buffer)
    case 'I8':
      return new Int8Array(buffer)
    default:
      return bytes
  }
}

/** The number that 16 bits hold as IEEE 754 binary16. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
