import { writeFile } from 'node:fs/promises'
import {
  CompressionType,
  type Data,
  Float16,
  Float64,
  Int32,
  Int64,
  makeData,
  RecordBatchFileWriter,
  Table,
  Uint16,
  Uint8,
  Utf8,
  Vector,
} from 'apache-arrow'
import { registerLz4 } from './codec.ts'
import { encodeHalf } from './half.ts'

/** A column to write; the kind is Arrow's type. */
export type OutColumn =
  | { readonly kind: 'int64'; readonly values: BigInt64Array }
  | { readonly kind: 'float64'; readonly values: Float64Array }
  | { readonly kind: 'float16'; readonly values: ArrayLike<number> }
  | { readonly kind: 'uint8'; readonly values: Uint8Array }
  | { readonly kind: 'uint16'; readonly values: Uint16Array }
  | { readonly kind: 'int32'; readonly values: Int32Array }
  | { readonly kind: 'utf8'; readonly values: readonly string[] }

/** Writes a Feather v2 file with LZ4 frames, one record batch. */
export async function writeFeather(file: string, columns: Readonly<Record<string, OutColumn>>): Promise<void> {
  registerLz4()
  const table = new Table(Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, vectorOf(column)])))
  const writer = new FeatherWriter({ compressionType: CompressionType.LZ4_FRAME })
  writer.write(table)
  writer.finish()
  await writeFile(file, await writer.toUint8Array())
}

/**
 * `apache-arrow` 21.2.0 states the compressed length of a buffer before it where the format wants the uncompressed one (arrow-js pull request
 * 470), so its own reader is content and pyarrow is not. The lengths are set right here; with a version that does so itself this changes nothing.
 */
class FeatherWriter extends RecordBatchFileWriter {
  protected override _compressBodyBuffers(buffers: ArrayBufferView[]): ReturnType<RecordBatchFileWriter['_compressBodyBuffers']> {
    const body = super._compressBodyBuffers(buffers)
    buffers.forEach((buffer, i) => {
      const prefix = body.buffers[2 * i]
      if (prefix.byteLength !== 8) return
      const length = new DataView(prefix.buffer, prefix.byteOffset, 8)
      const isStored = length.getBigInt64(0, true) === -1n
      if (!isStored) length.setBigInt64(0, BigInt(buffer.byteLength), true)
    })
    return body
  }
}

/** All texts end to end, and where each begins and ends: directly, since the library's builder takes seconds for a long log. */
function textOf(values: readonly string[]): Data<Utf8> {
  const encoder = new TextEncoder()
  const known = new Map<string, Uint8Array>()
  const texts = values.map((value) => {
    const bytes = known.get(value) ?? encoder.encode(value)
    known.set(value, bytes)
    return bytes
  })
  const valueOffsets = new Int32Array(values.length + 1)
  texts.forEach((bytes, i) => (valueOffsets[i + 1] = valueOffsets[i] + bytes.length))
  const data = new Uint8Array(valueOffsets[values.length])
  texts.forEach((bytes, i) => data.set(bytes, valueOffsets[i]))
  return makeData({ type: new Utf8(), length: values.length, nullCount: 0, valueOffsets, data })
}

function vectorOf(column: OutColumn): Vector {
  switch (column.kind) {
    case 'int64':
      return new Vector([makeData({ type: new Int64(), data: column.values })])
    case 'float64':
      return new Vector([makeData({ type: new Float64(), data: column.values })])
    case 'float16':
      return new Vector([makeData({ type: new Float16(), data: encodeHalf(column.values) })])
    case 'uint8':
      return new Vector([makeData({ type: new Uint8(), data: column.values })])
    case 'uint16':
      return new Vector([makeData({ type: new Uint16(), data: column.values })])
    case 'int32':
      return new Vector([makeData({ type: new Int32(), data: column.values })])
    case 'utf8':
      return new Vector([textOf(column.values)])
  }
}
