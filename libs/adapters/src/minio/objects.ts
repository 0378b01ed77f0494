import type { IncomingMessage } from 'node:http'
import { VirgaError } from '@virga/errors'
import type { Connection } from './connection.ts'

/** Names in the bucket; the same as the paths of the store in a folder. */
export const blobObject = (sha256: string) => `blobs/${sha256.slice(0, 2)}/${sha256}`
export const condemnedObject = (sha256: string) => `condemned/${sha256}`
export const entryObject = (kind: string, key: string) => `entries/${kind}/${key}.json`

export interface ObjectFacts {
  /** Bytes. */
  readonly size: number
  /** Since it was written, by the clock of the server, ms; S3 tells whole seconds. */
  readonly ageMs: number
}

/** Size and age; undefined when there is none. @throws VirgaError VIRGA_UNAVAILABLE, also when the bucket is missing */
export async function factsOf(connection: Connection, object: string): Promise<ObjectFacts | undefined> {
  const { status, headers } = await connection.request({ method: 'HEAD', object, expected: [200, 404] })
  if (status === 404) {
    if (headers['x-minio-error-code'] === 'NoSuchBucket') await requireBucket(connection)
    return undefined
  }
  return {
    size: Number(headers['content-length']),
    ageMs: Math.max(0, Date.parse(headers.date ?? '') - Date.parse(headers['last-modified'] ?? '')),
  }
}

/** @throws VirgaError VIRGA_UNAVAILABLE when the bucket is missing, the credentials are refused or the server does not answer */
export async function requireBucket(connection: Connection): Promise<{ readonly serverMs: number }> {
  // Not HEAD: its answer has no body that would say what is wrong.
  const { headers } = await connection.request({ method: 'GET', query: 'location' })
  return { serverMs: Date.parse(headers.date ?? '') }
}

export async function removeObject(connection: Connection, object: string): Promise<void> {
  await connection.request({ method: 'DELETE', object, expected: [204, 200] })
}

/** Makes an object young: copied onto itself within the server, content as it is. False when it is not there. */
export async function renewObject(connection: Connection, object: string): Promise<boolean> {
  const { status, body } = await connection.request({
    method: 'PUT',
    object,
    headers: {
      'x-amz-copy-source': `/${connection.bucket}/${encodeURI(object)}`,
      'x-amz-metadata-directive': 'REPLACE',
      'Content-Type': 'application/octet-stream',
    },
    expected: [200, 404],
  })
  return status === 200 && !body.includes('<Error>')
}

/** Every object below a prefix, names ascending, a thousand at a time. */
export async function* listObjects(
  connection: Connection,
  prefix: string,
  after = '',
): AsyncGenerator<{ readonly name: string; readonly size: number; readonly modifiedMs: number }> {
  for (let token = ''; ;) {
    const page = await connection.patiently(() => connection.client.listObjectsV2Query(connection.bucket, prefix, token, '', 1000, after))
    for (const { name, size, lastModified } of page.objects) {
      if (name !== undefined) yield { name, size, modifiedMs: lastModified === undefined ? 0 : lastModified.getTime() }
    }
    if (!page.isTruncated) return
    token = page.nextContinuationToken
  }
}

const mostBreaks = 20

/**
 * The bytes `from` to `to` (excluded) of an object. A connection that breaks is opened again where it stopped.
 *
 * @throws VirgaError VIRGA_BAD_INPUT when there is none, VIRGA_DIGEST_MISMATCH when it does not have `size` bytes, VIRGA_UNAVAILABLE
 */
export async function* readObject(
  connection: Connection,
  object: string,
  size: number,
  from: number,
  to: number,
): AsyncGenerator<Uint8Array> {
  let at = from
  for (let breaks = 0; at < to || to === from;) {
    const part = await openPart(connection, object, size, at, to)
    if (part === undefined) return
    try {
      for await (const bytes of part as AsyncIterable<Buffer>) {
        at += bytes.length
        yield bytes
      }
      if (at >= to) return
      throw Object.assign(new Error('the answer ended early'), { code: 'ECONNRESET' })
    } catch (error) {
      if (++breaks > mostBreaks) throw error
      await connection.patiently(() => requireBucket(connection))
    } finally {
      part.destroy()
    }
  }
}

async function openPart(
  connection: Connection,
  object: string,
  size: number,
  at: number,
  to: number,
): Promise<IncomingMessage | undefined> {
  const file = `${connection.where}/${object}`
  const damaged = (found: string) =>
    new VirgaError('VIRGA_DIGEST_MISMATCH', `the blob is damaged, it has ${found}`, { file, expected: `${size} bytes` })
  if (at === to) {
    // Nothing to read, but it must be there: S3 has no empty ranges.
    const facts = await factsOf(connection, object)
    if (facts === undefined) throw missing(file)
    if (facts.size !== size) throw damaged(`${facts.size} bytes`)
    return undefined
  }
  const response = await connection.open({ method: 'GET', object, headers: { Range: `bytes=${at}-${to - 1}` }, expected: [206, 404, 416] })
  const total = Number(/\/(\d+)$/.exec(response.headers['content-range'] ?? '')?.[1])
  if (response.statusCode === 206 && total === size) return response
  response.destroy()
  if (response.statusCode === 404) {
    await requireBucket(connection)
    throw missing(file)
  }
  throw damaged(Number.isNaN(total) ? 'too few bytes' : `${total} bytes`)
}

const missing = (file: string) => new VirgaError('VIRGA_BAD_INPUT', 'the blob is not in the store', { file })
