import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeHalf, encodeHalf } from './half.ts'
import { readFeather } from './read-feather.ts'
import { writeFeather } from './write-feather.ts'

interface HalfArray extends ArrayLike<number> {
  readonly buffer: ArrayBuffer
}
/** The engine's own half floats, as an independent reference. */
const EngineHalf = (
  globalThis as unknown as { Float16Array: { new (buffer: ArrayBuffer): HalfArray; from(values: ArrayLike<number>): HalfArray } }
).Float16Array

describe('half floats', () => {
  it('decodes all 65536 words as the engine does', () => {
    const words = Uint16Array.from({ length: 65536 }, (_, i) => i)
    expect(Array.from(decodeHalf(words))).toEqual(Array.from(new EngineHalf(words.buffer)))
  })

  it('rounds as the engine does: ties, subnormals, overflow', () => {
    const values = [
      0,
      -0,
      1,
      -2.5,
      65504,
      65519.99,
      65520,
      1e9,
      -Infinity,
      6e-8,
      2.9e-8,
      3e-8,
      6.1e-5,
      2048.5,
      2049.5,
      2049,
      2051,
      1.0004882,
      0.1,
    ]
    for (let i = 0; i < 20000; i++) values.push((((i * 7919) % 20011) / 20011 - 0.5) * 2 ** ((i % 44) - 26))
    expect(Array.from(encodeHalf(values))).toEqual(Array.from(new Uint16Array(EngineHalf.from(values).buffer)))
    expect(Array.from(decodeHalf(encodeHalf([NaN])))).toEqual([NaN])
  })
})

describe('feather files', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'virga-feather-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const schema = { stamp: 'int64', x: 'float64', h: 'float32', n: 'uint8', o: 'int32', w: 'integer', name: 'utf8' } as const

  async function sample(rows: number): Promise<string> {
    const file = join(folder, `sample-${rows}.feather`)
    const count = { length: rows }
    await writeFeather(file, {
      stamp: { kind: 'int64', values: BigInt64Array.from(count, (_, i) => 315966253660357123n + BigInt(i)) },
      x: { kind: 'float64', values: Float64Array.from(count, (_, i) => Math.sin(i) * 5000) },
      h: { kind: 'float16', values: Float32Array.from(count, (_, i) => (i % 2000) / 8) },
      n: { kind: 'uint8', values: Uint8Array.from(count, (_, i) => i) },
      o: { kind: 'int32', values: Int32Array.from(count, (_, i) => -i) },
      w: { kind: 'uint16', values: Uint16Array.from(count, () => 1550) },
      name: { kind: 'utf8', values: Array.from(count, (_, i) => (i % 3 === 0 ? 'ring_front_center' : `häuser-${i}`)) },
    })
    return file
  }

  it.each([0, 1, 17, 70_000])('gives back %i rows', async (rows) => {
    const { columns, rows: read } = await readFeather(await sample(rows), schema)
    expect(read).toBe(rows)
    for (let i = 0; i < rows; i += Math.ceil(rows / 1000)) {
      expect(columns.stamp[i]).toBe(315966253660357123n + BigInt(i))
      expect(columns.x[i]).toBe(Math.sin(i) * 5000)
      expect(columns.h[i]).toBe((i % 2000) / 8)
      expect([columns.n[i], columns.o[i], columns.w[i]]).toEqual([i % 256, -i + 0, 1550])
      expect(columns.name[i]).toBe(i % 3 === 0 ? 'ring_front_center' : `häuser-${i}`)
    }
  })

  it('is compressed', async () => {
    const bytes = await readFile(await sample(70_000))
    expect(bytes.length).toBeLessThan(0.75 * 70_000 * (8 + 8 + 2 + 1 + 4 + 2 + 4 + 10))
  })

  it('names a missing column, a wrong type and the columns that there are', async () => {
    const file = await sample(17)
    await expect(readFeather(file, { tx_m: 'float64' })).rejects.toThrow(
      /missing; the file has stamp, x, h.*sample-17.feather.*field tx_m.*Float64/,
    )
    await expect(readFeather(file, { name: 'float64' })).rejects.toThrow(/type Utf8.*field name.*Float64/)
    await expect(readFeather(file, { x: 'int64' })).rejects.toThrow(/type Float64.*field x.*Int64/)
  })

  it('refuses any truncation, other bytes and a missing file', async () => {
    const bytes = await readFile(await sample(17))
    const file = join(folder, 'bad.feather')
    for (const length of [0, 5, 12, Math.floor(bytes.length / 2), bytes.length - 1]) {
      await writeFile(file, bytes.subarray(0, length))
      await expect(readFeather(file, schema)).rejects.toMatchObject({ code: 'VIRGA_BAD_INPUT', place: { file } })
    }
    await writeFile(file, 'FEA1 and so on')
    await expect(readFeather(file, schema)).rejects.toThrow(/Feather v1/)
    await expect(readFeather(join(folder, 'none.feather'), schema)).rejects.toThrow(/ENOENT/)
  })

  it('never gives values silently when bytes in the middle are lost', async () => {
    const bytes = await readFile(await sample(17))
    const file = join(folder, 'hole.feather')
    await writeFile(file, Buffer.concat([bytes.subarray(0, 400), bytes.subarray(900)]))
    await expect(readFeather(file, schema)).rejects.toMatchObject({ code: 'VIRGA_BAD_INPUT' })
  })
})
