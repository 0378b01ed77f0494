import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BlobRef } from '@virga/augmentation'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openSqliteCatalog } from '../src/catalog/index.ts'
import { collectGarbage, type GarbageOptions, openFilesystemStore, type OpenedStore } from '../src/index.ts'

const dayMs = 24 * 3_600_000

describe('garbage collection', () => {
  let root: string
  let opened: OpenedStore
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'virga-garbage-'))
    opened = await openFilesystemStore(root)
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  const put = (text: string) => opened.store.put(Buffer.from(text))
  const place = ({ sha256 }: BlobRef) => join(root, 'blobs', sha256.slice(0, 2), sha256)
  const age = (ref: BlobRef, days: number) => utimes(place(ref), new Date(), new Date(Date.now() - days * dayMs))
  const collect = (kept: readonly BlobRef[], more: Partial<GarbageOptions> = {}) =>
    collectGarbage({ admin: opened.admin, referenced: () => listOf(kept.map(({ sha256 }) => sha256).sort()), ...more })

  it('removes what nothing keeps and nobody used for a week, and nothing else', async () => {
    const refs = await Promise.all(Array.from({ length: 60 }, (_, i) => put(`blob ${i}`)))
    for (const [i, ref] of refs.entries()) await age(ref, i % 3 === 0 ? 8 : i % 3 === 1 ? 6 : 9)
    const kept = refs.filter((_, i) => i % 2 === 0)
    const told: string[] = []
    const report = await collect(kept, { forget: async (digests) => void told.push(...digests) })
    const old = refs.filter((_, i) => i % 2 === 1 && i % 3 !== 1)
    expect(report).toMatchObject({ kept: 30, young: 10, removed: { blobs: 20, bytes: old.reduce((sum, { size }) => sum + size, 0) } })
    expect(told.sort()).toEqual(old.map(({ sha256 }) => sha256).sort())
    for (const ref of refs) expect(await opened.store.has(ref)).toBe(!old.includes(ref))
    expect((await collect(kept)).removed.blobs).toBe(0)
  })

  it('counts in a dry run and removes nothing', async () => {
    const ref = await put('old')
    await age(ref, 10)
    expect((await collect([], { dryRun: true })).removed).toEqual({ blobs: 1, bytes: 3 })
    expect(await opened.store.has(ref)).toBe(true)
  })

  it('spares what is put or verified while it collects', async () => {
    const refs = await Promise.all(['a', 'b', 'c', 'd'].map(put))
    for (const ref of refs) await age(ref, 10)
    const last = [...refs].sort((a, b) => a.sha256.localeCompare(b.sha256)).at(-1) as BlobRef
    const list = opened.admin.listBlobs.bind(opened.admin)
    // A task takes the last blob up again after it was listed as old.
    vi.spyOn(opened.admin, 'listBlobs').mockImplementation(async function* () {
      for await (const blob of list()) {
        if (blob.sha256 === last.sha256) expect(await opened.store.verify(last)).toBe(true)
        yield blob
      }
    })
    expect(await collect([])).toMatchObject({ young: 1, removed: { blobs: 3 } })
    expect(await opened.store.has(last)).toBe(true)
  })

  it('stops when it is told to, keeps its word to the catalog, and goes on the next time', async () => {
    const refs = await Promise.all(Array.from({ length: 20 }, (_, i) => put(`${i}`)))
    for (const ref of refs) await age(ref, 10)
    const stop = new AbortController()
    const told: string[] = []
    let listed = 0
    const list = opened.admin.listBlobs.bind(opened.admin)
    const watched = vi.spyOn(opened.admin, 'listBlobs').mockImplementation(async function* () {
      for await (const blob of list()) {
        if (++listed === 8) stop.abort()
        yield blob
      }
    })
    const forget = async (digests: readonly string[]) => void told.push(...digests)
    await expect(collect([], { forget, signal: stop.signal })).rejects.toThrow(/abort/i)
    watched.mockRestore()
    expect(told).toHaveLength(7)
    expect((await collect([], { forget })).removed.blobs).toBe(13)
    expect(new Set(told).size).toBe(20)
  })

  it('removes entries of caches and leftovers of killed writers by their age', async () => {
    await opened.store.writeEntry('stages', 'old', {})
    await opened.store.writeEntry('stages', 'new', {})
    await utimes(join(root, 'entries', 'stages', 'old.json'), new Date(), new Date(Date.now() - 31 * dayMs))
    expect((await collect([])).entries).toBe(1)
    expect(await readdir(join(root, 'entries', 'stages'))).toEqual(['new.json'])
  })

  it('keeps what a real catalog keeps', async () => {
    const catalog = await openSqliteCatalog(join(root, 'catalog.sqlite'))
    try {
      const [output, lonely] = [await put('output'), await put('lonely')]
      await catalog.augmentations.create({
        ...{ id: 'a', tenant: 't', requestId: '00000000-0000-4000-8000-000000000001', scenario: 's', spec: {} },
        tasks: [{ key: 'inspect', stage: 'inspect', input: {} }],
      })
      const [task] = await catalog.work.claim({ stage: 'inspect', worker: 'w', leaseMs: 60_000, limit: 1 })
      if (task === undefined) throw new Error('there is no task')
      await catalog.work.complete(task.lease, { outputs: { 'plan.json': output } })
      for (const ref of [output, lonely]) await age(ref, 10)
      const report = await collectGarbage({
        admin: opened.admin,
        referenced: () => catalog.blobs.referenced(),
        forget: (digests) => catalog.blobs.forget(digests),
      })
      expect(report).toMatchObject({ kept: 1, removed: { blobs: 1 } })
      expect([await opened.store.has(output), await opened.store.has(lonely)]).toEqual([true, false])
    } finally {
      await catalog.close()
    }
  })
})

async function* listOf(digests: readonly string[]): AsyncGenerator<string> {
  yield* digests
}
