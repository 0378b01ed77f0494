/// <reference lib="es2025.float16" />
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The folder of parity fixtures: VIRGA_FIXTURES, else ../shared/fixtures beside the workspace. */
export const fixtures = resolve(process.env.VIRGA_FIXTURES ?? join(import.meta.dirname, '../../../../shared/fixtures'))

/** Folders under the fixtures whose case.json has one of these cases; sets with other seeds and sizes keep the file names. */
export function casePath(name: string): string | undefined {
  const path = join(fixtures, name)
  return existsSync(join(path, 'case.json')) ? path : undefined
}

export interface ByteTensor {
  readonly shape: readonly number[]
  readonly data: Uint8Array
}

/** The uint8 tensors of a .safetensors file: 8 bytes header length, JSON header, then the data. */
export function readByteTensors(path: string): Map<string, ByteTensor> {
  const bytes = readFileSync(path)
  const headerLength = Number(bytes.readBigUInt64LE(0))
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >
  const tensors = new Map<string, ByteTensor>()
  for (const [name, entry] of Object.entries(header)) {
    if (entry.dtype !== 'U8') continue
    const [from, to] = entry.data_offsets.map((offset) => offset + 8 + headerLength)
    tensors.set(name, { shape: entry.shape, data: new Uint8Array(bytes.subarray(from, to)) })
  }
  return tensors
}

/** The float16 tensors of a .safetensors file, widened. */
export function readHalfTensors(path: string): Map<string, Float32Array> {
  const bytes = readFileSync(path)
  const headerLength = Number(bytes.readBigUInt64LE(0))
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength)) as Record<
    string,
    { dtype: string; data_offsets: [number, number] }
  >
  const tensors = new Map<string, Float32Array>()
  for (const [name, { dtype, data_offsets }] of Object.entries(header)) {
    if (dtype !== 'F16') continue
    const [from, to] = data_offsets.map((offset) => offset + 8 + headerLength)
    tensors.set(name, Float32Array.from(new Float16Array(new Uint8Array(bytes.subarray(from, to)).buffer)))
  }
  return tensors
}
