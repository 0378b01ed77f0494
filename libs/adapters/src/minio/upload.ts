import { VirgaError } from '@virga/errors'
import type { Connection, S3Answer } from './connection.ts'
import type { Spooled } from './spool.ts'

/** S3's limit on the parts of an upload. */
const mostParts = 10_000
const atOnce = 3

/**
 * Writes an object: it is there in full or not at all. With `ifAbsent` an object of that name is left as it is, and `present` comes back.
 *
 * Beyond `partBytes` (S3 wants 5 MiB or more) it goes in parts, and the condition goes with the request that completes them: with the one that
 * begins the upload it would not be looked at when the object gets its name.
 */
export async function upload(
  connection: Connection,
  object: string,
  content: Spooled,
  { ifAbsent, partBytes }: { readonly ifAbsent: boolean; readonly partBytes: number },
): Promise<'written' | 'present'> {
  const { size } = content.ref
  const headers: Record<string, string> = ifAbsent ? { 'If-None-Match': '*' } : {}
  if (size <= partBytes) {
    const payload = await content.read(0, size)
    const { status } = await connection.request({
      method: 'PUT',
      object,
      headers: { ...headers, 'Content-Type': 'application/octet-stream' },
      payload,
      expected: [200, 412],
    })
    return status === 412 ? 'present' : 'written'
  }
  const begun = await connection.request({
    method: 'POST',
    object,
    query: 'uploads',
    headers: { 'Content-Type': 'application/octet-stream' },
  })
  const id = encodeURIComponent(tag(begun.body.toString(), 'UploadId') ?? '')
  try {
    const etags = await sendParts(connection, object, content, id, Math.max(partBytes, Math.ceil(size / mostParts)))
    const parts = etags.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`)
    const completed = await connection.request({
      method: 'POST',
      object,
      query: `uploadId=${id}`,
      headers,
      payload: Buffer.from(
        `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`,
      ),
      expected: [200, 404, 412],
    })
    const outcome = outcomeOf(completed, connection.where)
    if (outcome === 'present') await abort(connection, object, id)
    return outcome
  } catch (error) {
    await abort(connection, object, id)
    throw error
  }
}

async function sendParts(connection: Connection, object: string, content: Spooled, id: string, partBytes: number): Promise<string[]> {
  const count = Math.ceil(content.ref.size / partBytes)
  const etags: string[] = []
  let next = 0
  let failed = false
  const sender = async () => {
    while (next < count && !failed) {
      const part = next++
      const payload = await content.read(part * partBytes, Math.min(content.ref.size, (part + 1) * partBytes))
      const { headers } = await connection.request({ method: 'PUT', object, query: `uploadId=${id}&partNumber=${part + 1}`, payload })
      etags[part] = headers.etag ?? ''
    }
  }
  const senders = Array.from({ length: Math.min(atOnce, count) }, () =>
    sender().catch((error: unknown) => {
      failed = true
      throw error
    }),
  )
  // All of them: an upload must not be aborted while a part is still on its way.
  const ended = await Promise.allSettled(senders)
  for (const end of ended) if (end.status === 'rejected') throw end.reason
  return etags
}

/**
 * What completing said. 404 is what a second try hears whose first one came through; the caller looks what is there. S3 may also answer 200 and
 * put the error into the body.
 */
function outcomeOf({ status, body }: S3Answer, where: string): 'written' | 'present' {
  if (status !== 200) return 'present'
  const text = body.toString()
  if (!text.includes('<Error>')) return 'written'
  const code = tag(text, 'Code') ?? ''
  if (code === 'PreconditionFailed') return 'present'
  throw new VirgaError('VIRGA_UNAVAILABLE', `the upload could not be completed (${code}: ${tag(text, 'Message') ?? ''})`, { file: where })
}

async function abort(connection: Connection, object: string, id: string): Promise<void> {
  // When it fails the bucket's lifecycle removes the parts.
  await connection.request({ method: 'DELETE', object, query: `uploadId=${id}`, expected: [204, 404] }).catch(() => undefined)
}

function tag(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
}
