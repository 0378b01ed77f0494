import { readFile } from 'node:fs/promises'
import { VirgaError } from '@virga/errors'
import { type DataType, type Table, tableFromIPC, Type, type Vector } from 'apache-arrow'
import { registerLz4 } from './codec.ts'
import { decodeHalf } from './half.ts'
import { verifyArrow } from './verify-arrow.ts'

/** What a column is read as. `float32` takes Arrow's float16 and float32, `integer` any integer type of 32 bits or fewer, or int64. */
interface Columns {
  int64: BigInt64Array
  float64: Float64Array
  float32: Float32Array
  utf8: string[]
  uint8: Uint8Array
  int32: Int32Array
  integer: Float64Array
}

export type ColumnKind = keyof Columns
export type FeatherColumns<S extends Record<string, ColumnKind>> = { readonly [K in keyof S]: Columns[S[K]] }
export interface FeatherTable<S extends Record<string, ColumnKind>> {
  readonly file: string
  readonly rows: number
  readonly columns: FeatherColumns<S>
}

const expectedTypes: Record<ColumnKind, string> = {
  int64: 'Int64',
  float64: 'Float64',
  float32: 'Float16 or Float32',
  utf8: 'Utf8',
  uint8: 'Uint8',
  int32: 'Int32',
  integer: 'an integer type',
}

const magic = 'ARROW1'

/**
 * Reads the named columns of a Feather v2 file (Arrow IPC file, LZ4 or not), every value of them present.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming file, column and, for a missing value, the row
 */
export async function readFeather<const S extends Record<string, ColumnKind>>(file: string, schema: S): Promise<FeatherTable<S>> {
  return readColumns(file, await readBytes(file), schema)
}

/** `readFeather` of bytes at hand. @param file named in errors */
export function readColumns<const S extends Record<string, ColumnKind>>(file: string, bytes: Uint8Array, schema: S): FeatherTable<S> {
  const table = parse(file, bytes)
  const columns: Partial<Record<keyof S, unknown>> = {}
  for (const name of Object.keys(schema)) columns[name as keyof S] = readColumn(file, table, name, schema[name])
  return { file, rows: table.numRows, columns: columns as FeatherColumns<S> }
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new VirgaError('VIRGA_BAD_INPUT', `cannot be read (${code})`, { file, expected: 'a readable Feather file' }, { cause })
  }
}

function parse(file: string, bytes: Uint8Array): Table {
  const expected = 'a complete Feather v2 (Arrow IPC) file'
  const textAt = (start: number): string => Buffer.from(bytes.subarray(Math.max(0, start), start + magic.length)).toString('latin1')
  if (textAt(0) !== magic) {
    const what = textAt(0).startsWith('FEA1') ? 'a Feather v1 file' : `${bytes.length} bytes that do not start with ${magic}`
    throw new VirgaError('VIRGA_BAD_INPUT', `not a Feather v2 file but ${what}`, { file, expected })
  }
  if (bytes.length < 2 * magic.length + 10 || textAt(bytes.length - magic.length) !== magic) {
    throw new VirgaError('VIRGA_BAD_INPUT', `truncated Feather file: ${bytes.length} bytes without the closing ${magic}`, {
      file,
      expected,
    })
  }
  registerLz4()
  try {
    verifyArrow(bytes)
    return tableFromIPC(bytes)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new VirgaError('VIRGA_BAD_INPUT', `damaged Feather file: ${reason}`, { file, expected }, { cause })
  }
}

function readColumn(file: string, table: Table, name: string, kind: ColumnKind): Columns[ColumnKind] {
  const place = { file, field: name, expected: `a column ${name} of type ${expectedTypes[kind]}` }
  const vector = table.getChild(name)
  if (vector === null) {
    const present = table.schema.fields.map((field) => field.name).join(', ')
    throw new VirgaError('VIRGA_BAD_INPUT', `column is missing; the file has ${present || 'no columns'}`, place)
  }
  if (!hasKind(vector.type as DataType, kind)) {
    throw new VirgaError('VIRGA_BAD_INPUT', `column has type ${nameOf(vector.type as DataType)}`, place)
  }
  if (vector.nullCount > 0) {
    let row = 0
    while (row < vector.length && vector.isValid(row)) row++
    // A damaged file may count missing values and mark none.
    const record = row < vector.length ? { record: `row ${row}` } : {}
    throw new VirgaError('VIRGA_BAD_INPUT', 'value is missing (null)', { ...place, ...record, expected: 'a value in every row' })
  }
  const values = valuesOf(file, name, vector, kind)
  if (values.length !== table.numRows) {
    throw new VirgaError('VIRGA_BAD_INPUT', `column holds ${values.length} of ${table.numRows} rows`, place)
  }
  return values
}

/** Arrow's own name of a type, for instance Float64; its classes state it by toString, which their declarations leave out. */
function nameOf(type: DataType): string {
  return (type as { toString: () => string }).toString()
}

function hasKind(type: DataType, kind: ColumnKind): boolean {
  const name = nameOf(type)
  switch (kind) {
    case 'int64':
    case 'float64':
    case 'uint8':
    case 'int32':
      return name === expectedTypes[kind]
    case 'float32':
      return name === 'Float16' || name === 'Float32'
    case 'integer':
      return /^(Uint(8|16|32)|Int(8|16|32|64))$/.test(name)
    case 'utf8':
      return isText(type)
  }
}

function isText(type: DataType): boolean {
  if (type.typeId === Type.Dictionary) return isText((type as DataType & { dictionary: DataType }).dictionary)
  return type.typeId === Type.Utf8 || type.typeId === Type.LargeUtf8
}

function valuesOf(file: string, name: string, vector: Vector, kind: ColumnKind): Columns[ColumnKind] {
  try {
    if (kind === 'utf8') return Array.from(vector, String)
    const raw: unknown = vector.toArray()
    if (kind === 'float32') return raw instanceof Uint16Array ? decodeHalf(raw) : (raw as Float32Array)
    if (kind === 'integer') return Float64Array.from(raw as Iterable<number | bigint>, Number)
    return raw as Columns[ColumnKind]
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new VirgaError(
      'VIRGA_BAD_INPUT',
      `column cannot be decoded: ${reason}`,
      { file, field: name, expected: 'intact column data' },
      { cause },
    )
  }
}
