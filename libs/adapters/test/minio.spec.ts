import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { BlobRef } from '@virga/augmentation'
import { realStack } from '@virga/testing/stack'
import { Client } from 'minio'
import { afterAll, describe, expect, it } from 'vitest'
import { openScratch } from '../src/index.ts'
import { applyStorage, openMinioAdmin, openMinioObjects, openMinioStore } from '../src/minio/index.ts'
import { blobStoreContract } from './blob-store.contract.ts'

const stack = await realStack('minio')

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

if (typeof stack === 'string') it('stores blobs in MinIO', (context) => context.skip(stack))
else {
  const access = {
    endpoint: new URL((stack.VIRGA_STORE ?? '').replace('s3+', '')).origin,
    accessKey: stack.VIRGA_STORE_ACCESS_KEY ?? '',
    secretKey: stack.VIRGA_STORE_SECRET_KEY ?? '',
  }
  const url = new URL(access.endpoint)
  const client = new Client({ endPoint: url.hostname, port: Number(url.port), useSSL: false, ...access })
  const scratchFolder = await mkdtemp(join(tmpdir(), 'virga-minio-'))
  const scratch = await openScratch(scratchFolder)
  afterAll(() => rm(scratchFolder, { recursive: true, force: true }))
  const place = (ref: BlobRef) => `blobs/${ref.sha256.slice(0, 2)}/${ref.sha256}`
  let buckets = 0
  const newBucket = async () => {
    const bucket = `spec-${process.pid}-${++buckets}`
    await applyStorage({ ...access, bucket })
    return bucket
  }
  const parts = (size: number) =>
    (async function* () {
      for (let at = 0; at < size; at += 1 << 20) yield await Promise.resolve(Buffer.alloc(Math.min(1 << 20, size - at), at >> 20))
    })()

  blobStoreContract('MinIO', async () => {
    const bucket = await newBucket()
    const options = { ...access, bucket, scratch, partBytes: 5 << 20 }
    return {
      store: await openMinioStore(options),
      other: await openMinioStore(options),
      damage: async (ref) => {
        const content = Buffer.from(await text(await client.getObject(bucket, place(ref))))
        content[3] = (content[3] ?? 0) ^ 1
        await client.putObject(bucket, place(ref), content)
      },
      finalNames: async () => {
        const names: string[] = []
        for await (const item of client.listObjectsV2(bucket, 'blobs/', true)) names.push((item as { name: string }).name)
        return names.sort()
      },
      close: () => Promise.resolve(),
    }
  })

  describe('storage apply', () => {
    it('makes bucket and lifecycle once, keeps the rules of others, and repairs its own', async () => {
      const bucket = `spec-${process.pid}-apply`
      const apply = async () => (await applyStorage({ ...access, bucket })).map(({ name, outcome }) => `${name}: ${outcome}`)
      expect(await apply()).toEqual([`bucket ${bucket}: created`, `lifecycle of ${bucket}: created`])
      expect(await apply()).toEqual([`bucket ${bucket}: unchanged`, `lifecycle of ${bucket}: unchanged`])
      const foreign = { ID: 'foreign', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 9 } }
      const spoiled = { ID: 'virga-condemned', Status: 'Disabled', Filter: { Prefix: 'condemned/' }, Expiration: { Days: 7 } }
      await client.setBucketLifecycle(bucket, { Rule: [foreign, spoiled] })
      expect(await apply()).toEqual([`bucket ${bucket}: unchanged`, `lifecycle of ${bucket}: changed`])
      const { Rule: rules } = (await client.getBucketLifecycle(bucket)) as unknown as { Rule: { ID: string }[] }
      expect(rules).toContainEqual(foreign)
      expect(rules.find(({ ID }) => ID === 'virga-condemned')).toMatchObject({ Status: 'Enabled', Expiration: { Days: 1 } })
    })

    it('is right when eight do it at the same time', async () => {
      const bucket = `spec-${process.pid}-eight`
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => applyStorage({ ...access, bucket })))
      expect(outcomes.filter(([made]) => made?.outcome === 'created').length).toBeGreaterThanOrEqual(1)
      expect((await applyStorage({ ...access, bucket })).map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged'])
    })
  })

  describe('a store in MinIO', () => {
    it('names the address when bucket, keys, server or name are wrong', async () => {
      const bucket = await newBucket()
      const open = (change: object) => openMinioStore({ ...access, bucket, scratch, patienceMs: 200, ...change })
      await expect(open({ bucket: 'not-there' })).rejects.toMatchObject({
        code: 'VIRGA_UNAVAILABLE',
        message: expect.stringContaining('/not-there') as string,
      })
      await expect(open({ bucket: 'not-there' })).rejects.toThrow('virga storage apply')
      await expect(open({ secretKey: 'wrong-secret' })).rejects.toThrow(/refuses the credentials \(SignatureDoesNotMatch\)/)
      await expect(open({ accessKey: 'nobody' })).rejects.toThrow(/refuses the credentials \(InvalidAccessKeyId\)/)
      await expect(open({ endpoint: 'http://127.0.0.1:9' })).rejects.toMatchObject({ code: 'VIRGA_UNAVAILABLE' })
      await expect(open({ endpoint: 'nowhere' })).rejects.toMatchObject({ code: 'VIRGA_USAGE' })
      await expect(open({ partBytes: 1024 })).rejects.toMatchObject({ code: 'VIRGA_USAGE' })
      await expect(applyStorage({ ...access, bucket: 'x', patienceMs: 200 })).rejects.toThrow(/bucket/i)
    })

    it('says which object is damaged or missing, and what was expected', async () => {
      const bucket = await newBucket()
      const store = await openMinioStore({ ...access, bucket, scratch })
      const ref = await store.put(Buffer.from('as it was'))
      await client.putObject(bucket, place(ref), Buffer.from('as it is_'))
      await expect(text(store.get(ref))).rejects.toMatchObject({ code: 'VIRGA_DIGEST_MISMATCH' })
      await expect(text(store.get(ref))).rejects.toThrow(`${bucket}/${place(ref)}`)
      await client.putObject(bucket, place(ref), Buffer.from('shorter'))
      await expect(text(store.get(ref))).rejects.toThrow(/7 bytes.*9 bytes/s)
      await client.removeObject(bucket, place(ref))
      await expect(text(store.get(ref))).rejects.toMatchObject({ code: 'VIRGA_BAD_INPUT' })
      expect(await store.has(ref)).toBe(false)
    })

    it('sends what is large in parts, once, and leaves nothing when its source breaks', async () => {
      const bucket = await newBucket()
      const store = await openMinioStore({ ...access, bucket, scratch, partBytes: 5 << 20 })
      const size = 13_000_001
      const [one, two] = await Promise.all([store.put(parts(size)), store.put(parts(size))])
      expect(one).toEqual(two)
      const hash = createHash('sha256')
      for await (const part of store.get(one)) hash.update(part)
      expect(hash.digest('hex')).toBe(one.sha256)
      // A digest of S3 with "-N" is of an object that came in N parts.
      expect((await client.statObject(bucket, place(one))).etag).toMatch(/-3$/)
      const broken = (async function* () {
        yield* parts(9 << 20)
        throw new Error('the camera was unplugged')
      })()
      await expect(store.put(broken)).rejects.toThrow('unplugged')
      const names: string[] = []
      for await (const item of client.listObjectsV2(bucket, '', true)) names.push((item as { name: string }).name)
      expect(names).toEqual([place(one)])
    })

    it('gives URLs that work without credentials, for as long as was asked and under a name', async () => {
      const store = await openMinioStore({ ...access, bucket: await newBucket(), scratch })
      const ref = await store.put(Buffer.from('rain at night'))
      const signed = await store.presign?.(ref, { ttlSeconds: 60, filename: 'regen über nacht.mp4', mediaType: 'video/mp4' })
      const answer = await fetch(signed?.url ?? '')
      expect(await answer.text()).toBe('rain at night')
      expect(answer.headers.get('content-type')).toBe('video/mp4')
      expect(answer.headers.get('content-disposition')).toContain("filename*=UTF-8''regen%20%C3%BCber%20nacht.mp4")
      expect((signed?.expiresAt ?? 0) - Date.now()).toBeGreaterThan(50_000)
      expect((await fetch((signed?.url ?? '').replace('X-Amz-Signature=', 'X-Amz-Signature=0'))).status).toBe(403)
    })
  })

  describe('an admin of a bucket', () => {
    it('lists what is there in order, and removes only what is old', async () => {
      const bucket = await newBucket()
      const store = await openMinioStore({ ...access, bucket, scratch, renewAfterMs: 500 })
      const admin = await openMinioAdmin({ ...access, bucket, renewAfterMs: 500 })
      const refs = await Promise.all(Array.from({ length: 5 }, (_, i) => store.put(Buffer.from(`blob ${i}`))))
      await store.writeEntry('stages', 'aa', { a: 1 })
      const digests = refs.map(({ sha256 }) => sha256).sort()
      expect((await allOf(admin.listBlobs())).map(({ sha256 }) => sha256)).toEqual(digests)
      const after = digests[1] ?? ''
      expect((await allOf(admin.listBlobs({ after }))).map(({ sha256 }) => sha256)).toEqual(digests.slice(2))
      expect((await allOf(admin.listEntries('stages'))).map(({ key }) => key)).toEqual(['aa'])
      const [first, second] = [refs[0], refs[1]]
      await expect(admin.removeBlob(first.sha256, { olderThanMs: 999 })).rejects.toMatchObject({ code: 'VIRGA_USAGE' })
      expect(await admin.removeBlob(first.sha256, { olderThanMs: 60_000 })).toBe(false)
      // Ages have whole seconds.
      await expect
        .poll(() => store.has(second).then(() => admin.removeBlob(first.sha256, { olderThanMs: 1000 })), { timeout: 6000 })
        .toBe(true)
      expect(await store.has(first)).toBe(false)
      expect(await store.verify(second)).toBe(true)
      expect(await admin.removeBlob(second.sha256, { olderThanMs: 1000 })).toBe(false)
    })
  })

  describe('objects of others', () => {
    it('are listed below a prefix and read; a missing one is named', async () => {
      const bucket = await newBucket()
      for (const key of ['log/map/a.json', 'log/b.bin', 'other/c']) await client.putObject(bucket, key, Buffer.from(key))
      const objects = openMinioObjects(access)
      const listed = await allOf(objects.list({ bucket, prefix: 'log/' }))
      expect(listed).toEqual([
        { key: 'log/b.bin', size: 9 },
        { key: 'log/map/a.json', size: 14 },
      ])
      expect(await text(objects.get({ bucket, key: 'log/b.bin' }))).toBe('log/b.bin')
      await expect(text(objects.get({ bucket, key: 'log/none' }))).rejects.toThrow(`${bucket}/log/none`)
    })
  })
}
