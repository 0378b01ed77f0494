/// <reference lib="es2025.float16" />
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { type BlobRef, type BlobStore, getFrames, putFrames } from '@virga/augmentation'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFilesystemStore } from '../src/index.ts'

let root: string
let store: BlobStore
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'virga-frames-'))
  store = (await openFilesystemStore(root)).store
})
afterAll(() => rm(root, { recursive: true, force: true }))

const shape = { type: '|u1', frame: [3, 5, 3] } as const
const frames = Array.from({ length: 4 }, (_, k) => Uint8Array.from({ length: 45 }, (_, i) => (i * 7 + k * 31) & 255))
const pathOf = (ref: BlobRef) => join(root, 'blobs', ref.sha256.slice(0, 2), ref.sha256)

async function all(ref: BlobRef, wanted: Parameters<typeof getFrames>[2]): Promise<ArrayLike<number>[]> {
  const found: ArrayLike<number>[] = []
  for await (const frame of getFrames(store, ref, wanted)) found.push(frame)
  return found
}

describe('frame blobs', () => {
  it('give frames back exactly, of each element type', async () => {
    expect(await all(await putFrames(store, shape, 4, frames), shape)).toEqual(frames)
    const halves = [Float16Array.of(0.5, -2, 65504), Float16Array.of(0, 1e-7, -0.25)]
    const half = { type: '<f2', frame: [3] } as const
    expect(await all(await putFrames(store, half, 2, halves), half)).toEqual(halves)
    const floats = [Float32Array.of(0.1, -3e38)]
    const float = { type: '<f4', frame: [2] } as const
    expect(await all(await putFrames(store, float, 1, floats), float)).toEqual(floats)
  })

  it('are large without being held in memory, and survive parts of any size', async () => {
    const large = { type: '|u1', frame: [352, 640, 3] } as const
    async function* many() {
      for (let k = 0; k < 12; k++) yield new Uint8Array(352 * 640 * 3).map((_, i) => (i ^ (i >> 7) ^ k) & 255)
    }
    const ref = await putFrames(store, large, 12, many())
    let count = 0
    for await (const frame of getFrames(store, ref, large)) expect(frame[1001]).toBe((1001 ^ (1001 >> 7) ^ count++) & 255)
    expect(count).toBe(12)
  })

  it('are .npy files in a Zstandard stream, which NumPy reads', async (test) => {
    const ref = await putFrames(store, shape, 4, frames)
    const npy = zstdDecompressSync(await readFile(pathOf(ref)))
    expect(npy.subarray(0, 8).toString('latin1')).toBe('\x93NUMPY\x01\x00')
    expect((10 + npy.readUInt16LE(8)) % 64).toBe(0)
    expect(npy.subarray(10, 10 + npy.readUInt16LE(8)).toString('latin1')).toMatch(
      /^{'descr': '\|u1', 'fortran_order': False, 'shape': \(4, 3, 5, 3\), } *\n$/,
    )
    expect(npy.length).toBe(10 + npy.readUInt16LE(8) + 4 * 45)
    const python = join(import.meta.dirname, '../../../apps/world-model/.venv/bin/python')
    const path = join(root, 'frames.npy')
    await writeFile(path, npy)
    let printed: string
    try {
      printed = execFileSync(python, [
        '-c',
        'import numpy,sys; a=numpy.load(sys.argv[1]); print(a.shape, a.dtype, int(a[2,1,4,2]))',
        path,
      ]).toString()
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return test.skip('needs apps/world-model/.venv')
      throw error
    }
    expect(printed.trim()).toBe(`(4, 3, 5, 3) uint8 ${frames[2][29]}`)
  })

  it('refuse too few frames, frames of another size, and to be read as something else', async () => {
    await expect(putFrames(store, shape, 5, frames)).rejects.toThrow(/4 frames were made; expected 5/)
    await expect(putFrames(store, shape, 1, [new Uint8Array(44)])).rejects.toThrow(/a frame of 44 elements/)
    const ref = await putFrames(store, shape, 4, frames)
    await expect(all(ref, { type: '|u1', frame: [5, 3, 3] })).rejects.toThrow(/holds other frames/)
    await expect(all(ref, { type: '<f2', frame: [3, 5, 3] })).rejects.toThrow(/holds other frames/)
  })

  it('notice damage on the way', async () => {
    const ref = await putFrames(store, { type: '|u1', frame: [1000] }, 1, [new Uint8Array(1000).map((_, i) => (i * i) & 255)])
    const bytes = await readFile(pathOf(ref))
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 255
    await writeFile(pathOf(ref), bytes)
    await expect(all(ref, { type: '|u1', frame: [1000] })).rejects.toThrow()
  })
})
