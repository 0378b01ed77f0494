import { readFile, writeFile } from 'node:fs/promises'
import { VirgaError } from '@virga/errors'
import { decodeHalf, encodeHalf } from '../feather/half.ts'

const magic = '\x93NUMPY'

/**
 * Reads a two-dimensional float array in C order from a .npy file (NumPy format 1 or 2; float16, float32 or float64, little-endian).
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming the file and what is wrong with it
 */
export async function readNpy(file: string): Promise<{ rows: number; columns: number; values: Float32Array }> {
  const bytes = await readFile(file)
  const fail = (message: string): never => {
    throw new VirgaError('VIRGA_BAD_INPUT', message, { file, expected: 'a two-dimensional little-endian float .npy array in C order' })
  }
  if (bytes.length < 12 || bytes.toString('latin1', 0, 6) !== magic) fail(`no NumPy file: ${bytes.length} bytes without its magic`)
  const wide = bytes[6] >= 2
  const start = wide ? 12 : 10
  const end = start + (wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8))
  const header = bytes.toString('latin1', start, end)
  const type = /'descr': '<f([248])'/.exec(header)?.[1]
  const shape = /'shape': \((\d+), (\d+)\)/.exec(header)
  if (type === undefined || shape === null || !header.includes("'fortran_order': False")) return fail(`array is ${header.trim()}`)
  const [rows, columns] = [Number(shape[1]), Number(shape[2])]
  const size = Number(type)
  if (bytes.length - end !== rows * columns * size) fail(`${bytes.length - end} data bytes for ${rows} x ${columns} values of ${size}`)
  const data = bytes.buffer.slice(bytes.byteOffset + end, bytes.byteOffset + bytes.length)
  const values =
    size === 2 ? decodeHalf(new Uint16Array(data)) : size === 4 ? new Float32Array(data) : Float32Array.from(new Float64Array(data))
  return { rows, columns, values }
}

/** Writes a rows x columns float16 array (NumPy format 1, header padded to 64 bytes). */
export async function writeHalfNpy(file: string, rows: number, columns: number, values: Float32Array): Promise<void> {
  const dictionary = `{'descr': '<f2', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`
  const header = dictionary.padEnd(Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 11) + '\n'
  const prefix = Buffer.alloc(10)
  prefix.write(`${magic}\x01\x00`, 'latin1')
  prefix.writeUInt16LE(header.length, 8)
  await writeFile(file, Buffer.concat([prefix, Buffer.from(header, 'latin1'), Buffer.from(encodeHalf(values).buffer)]))
}
