import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { npyHeader, NpyWriter, toFloat16Bytes } from './npy.ts'

describe('npy', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'virga-npy-'))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true })
  })

  it('has the header that numpy.lib.format describes', () => {
    const header = npyHeader('float16', [33, 176, 320])
    expect([...header.subarray(0, 8)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
    expect(header.length % 64).toBe(0)
    expect(header.readUInt16LE(8)).toBe(header.length - 10)
    const text = header.subarray(10).toString('latin1')
    expect(text).toMatch(/^\{'descr': '<f2', 'fortran_order': False, 'shape': \(33, 176, 320,\), \} *\n$/)
  })

  it('appends frames and refuses one of another size', async () => {
    const path = join(folder, 'a.npy')
    const writer = await NpyWriter.open(path, 'uint8', [2, 2, 3])
    await writer.write(Uint8Array.of(1, 2, 3, 4, 5, 6))
    await expect(writer.write(new Uint8Array(5))).rejects.toThrow(RangeError)
    await writer.write(Uint8Array.of(7, 8, 9, 10, 11, 12))
    await writer.close()
    const bytes = await readFile(path)
    expect([...bytes.subarray(bytes.length - 12)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  })

  it('rounds to float16 (values of IEEE 754 binary16)', () => {
    const bytes = toFloat16Bytes(Float32Array.of(1, 0, -2, 65504, 0.1))
    expect([...new Uint16Array(bytes.buffer)]).toEqual([0x3c00, 0, 0xc000, 0x7bff, 0x2e66])
  })
})
