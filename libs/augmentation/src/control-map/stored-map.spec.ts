import { createHash } from 'node:crypto'
import { resolveControlWeights, tokenWeights } from '@virga/diffusion'
import { describe, expect, it } from 'vitest'
import type { BlobContent, BlobRef, BlobStore } from '../ports/blob-store.ts'
import { blobCount, framesPerBlob, openStoredMap, storeMap } from './stored-map.ts'
import { readWeights } from '@virga/diffusion'

/** Blobs in memory; counts what is read. */
class MemoryStore implements Pick<BlobStore, 'put' | 'get'> {
  readonly blobs = new Map<string, Uint8Array>()
  readonly read: string[] = []
  async put(content: BlobContent): Promise<BlobRef> {
    const parts: Uint8Array[] = []
    if (content instanceof Uint8Array) parts.push(content)
    else for await (const part of content) parts.push(part)
    const bytes = new Uint8Array(Buffer.concat(parts))
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    this.blobs.set(sha256, bytes)
    return { sha256, size: bytes.length }
  }
  async *get({ sha256 }: BlobRef): AsyncGenerator<Uint8Array> {
    this.read.push(sha256)
    yield this.blobs.get(sha256)!
  }
}

const [frames, height, width] = [100, 32, 48] as const
const controls = ['edge', 'hdmap', 'vis']
const size = { frames, height, width, controls }

/** Weights that single precision does not hold in fewer bits. */
const weight = (frame: number, control: number, pixel: number): number =>
  control === 2 ? 0 : Math.fround(((frame * 31 + control * 17 + pixel) % 97) / 70)
const planesOf = (frame: number): Float32Array[] =>
  controls.map((_, control) => Float32Array.from({ length: height * width }, (_, pixel) => weight(frame, control, pixel)))

async function* drawn(): AsyncGenerator<Float32Array[]> {
  for (let frame = 0; frame < frames; frame++) yield planesOf(frame)
}

async function stored() {
  const store = new MemoryStore() as MemoryStore & BlobStore
  const { refs, weights } = await storeMap(store, drawn(), size, () => undefined)
  return { store, refs, weights, map: openStoredMap(store, refs, { ...size, weights }) }
}

describe('a stored control map', () => {
  it('gives back every weight as it was, in the order asked for, and reads only the blobs that it needs', async () => {
    const { store, refs, map } = await stored()
    expect(refs).toHaveLength(blobCount(frames))
    let frame = 40
    for await (const [vis, edge, other] of map.read(['vis', 'edge', 'depth'], frame, 17)) {
      expect(Array.from(edge)).toEqual(Array.from(planesOf(frame)[0]))
      expect([...vis, ...other].every((value) => value === 0)).toBe(true)
      frame++
    }
    expect(frame).toBe(57)
    expect(store.read).toEqual([refs[Math.floor(40 / framesPerBlob)].sha256])
  })

  it('knows the ranges of its weights', async () => {
    const { weights, map } = await stored()
    expect(weights.edge.min).toBe(0)
    expect(weights.edge.max).toBe(Math.fround(96 / 70))
    expect(weights.edge.mean).toBeCloseTo(48 / 70, 2)
    expect(controls.map((control) => map.isActive(control))).toEqual([true, true, false])
    expect(map.isActive('depth')).toBe(false)
  })

  it('reaches the tokens as a map that is held as a whole does', async () => {
    const { map } = await stored()
    const first = 20
    const read = await readWeights({
      extents: [frames, height, width],
      isActive: () => true,
      read: (from, count) => map.read(controls, from, count),
    }).tokens(first, 17, [3, 2, 3])
    const entries = controls.map((_, control) => ({
      ...{ frames: 17, height, width },
      data: Float32Array.from({ length: 17 * height * width }, (_, i) =>
        weight(first + Math.floor(i / (height * width)), control, i % (height * width)),
      ),
    }))
    const whole = resolveControlWeights(entries, [17, height, width])
    expect(read).toEqual(whole.kind === 'map' ? whole.maps.map((data) => tokenWeights(data, [17, height, width], [3, 2, 3])) : [])
  })

  it('fails when the map ends early', async () => {
    async function* short(): AsyncGenerator<Float32Array[]> {
      yield planesOf(0)
    }
    const store = new MemoryStore() as MemoryStore & BlobStore
    await expect(storeMap(store, short(), size, () => undefined)).rejects.toThrow('1 frames were made')
  })
})
