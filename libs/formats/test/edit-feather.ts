import { readFile } from 'node:fs/promises'
import { type Table, tableFromIPC } from 'apache-arrow'
import { registerLz4 } from '../src/feather/codec.ts'
import { decodeHalf } from '../src/feather/half.ts'
import { type OutColumn, writeFeather } from '../src/feather/write-feather.ts'

const kinds: Record<string, Exclude<OutColumn['kind'], 'utf8'>> = {
  Int64: 'int64',
  Float64: 'float64',
  Float16: 'float16',
  Uint8: 'uint8',
  Uint16: 'uint16',
  Int32: 'int32',
}

/** Rewrites a Feather file with its columns changed in place, replaced or deleted by `edit`. */
export async function editFeather(file: string, edit: (columns: Record<string, OutColumn>) => void): Promise<void> {
  registerLz4()
  const table: Table = tableFromIPC(await readFile(file))
  const columns: Record<string, OutColumn> = {}
  for (const { name, type } of table.schema.fields) {
    const vector = table.getChild(name)
    const typeName = (type as { toString: () => string }).toString()
    const raw: unknown = typeName === 'Utf8' ? Array.from(vector ?? [], String) : (vector?.toArray() as Float64Array).slice()
    const values = typeName === 'Float16' ? decodeHalf(raw as Uint16Array) : raw
    columns[name] = { kind: typeName === 'Utf8' ? 'utf8' : kinds[typeName], values } as OutColumn
  }
  edit(columns)
  await writeFeather(file, columns)
}

/** The column's values, for setting one. */
export function valuesOf<T>(columns: Readonly<Record<string, OutColumn>>, name: string): T[] {
  return columns[name].values as unknown as T[]
}
