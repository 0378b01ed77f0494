import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BlobRef, BlobStore } from '@virga/augmentation'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

export interface StoreUnderTest {
  readonly store: BlobStore
  /** A second client of the same storage, as another process would have. */
  readonly other: BlobStore
  /** Spoils the stored bytes of a blob without changing their number. */
  damage(ref: BlobRef): Promise<void>
  /** Names of all blobs, finished or not, that a reader of the storage could come across under a final name. */
  finalNames(): Promise<string[]>
  close(): Promise<void>
}

const bytes = (text: string) => new TextEncoder().encode(text)
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')

async function contentOf(store: BlobStore, ref: BlobRef): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of store.get(ref)) parts.push(part)
  return Buffer.concat(parts)
}

/** What every BlobStore must do, whatever it stores in. */
export function blobStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`BlobStore contract: ${name}`, () => {
    let under: StoreUnderTest
    let local: string

    beforeAll(async () => {
      under = await open()
      local = await mkdtemp(join(tmpdir(), 'virga-contract-'))
    })
    afterAll(async () => {
      await under.close()
      await rm(local, { recursive: true, force: true })
    })

    it('names a blob by the digest of its bytes and gives the bytes back', async () => {
      const ref = await under.store.put(bytes('rain over the road'))
      expect(ref).toEqual({ sha256: sha256(bytes('rain over the road')), size: 18 })
      expect((await contentOf(under.store, ref)).toString()).toBe('rain over the road')
      expect(await under.other.has(ref)).toBe(true)
    })

    it('takes an empty blob', async () => {
      const ref = await under.store.put(new Uint8Array(0))
      expect(ref.size).toBe(0)
      expect(await contentOf(under.store, ref)).toHaveLength(0)
      expect(await under.store.verify(ref)).toBe(true)
    })

    it('takes a stream of many parts, larger than any buffer of its own', async () => {
      const part = new Uint8Array(1 << 20).map((_, i) => (i * 31) & 255)
      const hash = createHash('sha256')
      async function* parts() {
        for (let i = 0; i < 24; i++) {
          part[0] = i
          const copy = part.slice()
          hash.update(copy)
          yield copy
        }
      }
      const ref = await under.store.put(parts())
      expect(ref).toEqual({ sha256: hash.digest('hex'), size: 24 << 20 })
      expect(await under.store.verify(ref)).toBe(true)
    })

    it('leaves nothing under a final name when the stream fails', async () => {
      const before = await under.finalNames()
      async function* failing() {
        yield bytes('the first half')
        throw new Error('the source went away')
      }
      await expect(under.store.put(failing())).rejects.toThrow('the source went away')
      expect(await under.finalNames()).toEqual(before)
    })

    it('takes a finished file, which is then gone from its place', async () => {
      const path = join(local, 'video.mp4')
      await writeFile(path, 'frames')
      const ref = await under.store.putFile(path)
      expect(ref).toEqual({ sha256: sha256(bytes('frames')), size: 6 })
      await expect(stat(path)).rejects.toThrow('ENOENT')
      expect((await contentOf(under.other, ref)).toString()).toBe('frames')
    })

    it('copies a blob to a file, whole or not at all', async () => {
      const ref = await under.store.put(bytes('to the user'))
      const path = join(local, 'out', 'deep', 'file.txt')
      await under.store.copyTo(ref, path)
      expect(await readFile(path, 'utf8')).toBe('to the user')
      expect(await readdir(join(local, 'out', 'deep'))).toEqual(['file.txt'])
    })

    it('says that a missing blob is missing', async () => {
      const ref = { sha256: '0'.repeat(64), size: 3 }
      expect(await under.store.has(ref)).toBe(false)
      expect(await under.store.verify(ref)).toBe(false)
      await expect(contentOf(under.store, ref)).rejects.toMatchObject({ code: 'VIRGA_BAD_INPUT' })
    })

    it('notices a damaged blob, and mends it when the content is put again', async () => {
      const ref = await under.store.put(bytes('soon to be spoilt'))
      await under.damage(ref)
      expect(await under.store.has(ref)).toBe(true)
      expect(await under.store.verify(ref)).toBe(false)
      await expect(contentOf(under.store, ref)).rejects.toMatchObject({ code: 'VIRGA_DIGEST_MISMATCH' })
      expect(await under.store.put(bytes('soon to be spoilt'))).toEqual(ref)
      expect(await under.other.verify(ref)).toBe(true)
    })

    it('does not take a blob of another size for the one asked for', async () => {
      const ref = await under.store.put(bytes('eight by'))
      expect(await under.store.has({ ...ref, size: 7 })).toBe(false)
      expect(await under.store.verify({ ...ref, size: 7 })).toBe(false)
    })

    it('keeps entries by kind and key and replaces them as a whole', async () => {
      expect(await under.store.readEntry('stages', 'absent')).toBeUndefined()
      await under.store.writeEntry('stages', 'k', { a: 1, b: [1, 2] })
      await under.other.writeEntry('file-digests', 'k', { c: 3 })
      await under.store.writeEntry('stages', 'k', { a: 2 })
      expect(await under.other.readEntry('stages', 'k')).toEqual({ a: 2 })
      expect(await under.store.readEntry('file-digests', 'k')).toEqual({ c: 3 })
    })

    it('lets many writers put the same and different content at once', async () => {
      const same = bytes('the same content from all')
      const refs = await Promise.all(
        Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? under.store : under.other).put(i < 8 ? same : bytes(`number ${i}`))),
      )
      expect(new Set(refs.slice(0, 8).map((ref) => ref.sha256)).size).toBe(1)
      for (const ref of refs) expect(await under.store.verify(ref)).toBe(true)
      await Promise.all(
        Array.from({ length: 16 }, (_, i) =>
          (i % 2 === 0 ? under.store : under.other).writeEntry('stages', 'race', { writer: i, pad: 'x'.repeat(9999) }),
        ),
      )
      expect(await under.store.readEntry('stages', 'race')).toMatchObject({ pad: 'x'.repeat(9999) })
    })
  })
}
