import type { BlobRef, BlobStore } from '@virga/augmentation'
import type { UploadScenarioRequest, UploadScenarioRequest_File, UploadScenarioRequest_Header } from '@virga/contracts'
import { VirgaError } from '@virga/errors'

export interface UploadLimits {
  /** Of all files together. */
  readonly maxBytes: number
  readonly maxFiles: number
}

export interface ReceivedUpload {
  readonly header: UploadScenarioRequest_Header
  /** By path below the log's folder. */
  readonly files: Readonly<Record<string, BlobRef>>
}

const largestChunk = 1024 * 1024

/**
 * Reads an upload into the store, a file at a time and no faster than the store takes it. What was stored of an upload that is refused is
 * kept by nothing and goes with the next garbage collection.
 *
 * @throws VirgaError VIRGA_BAD_INPUT for parts out of order, paths that leave the folder, sizes that differ; VIRGA_DIGEST_MISMATCH;
 *   VIRGA_TOO_LARGE
 */
export async function receiveUpload(
  store: BlobStore,
  parts: AsyncIterable<UploadScenarioRequest>,
  limits: UploadLimits,
): Promise<ReceivedUpload> {
  const source = parts[Symbol.asyncIterator]()
  const first = await source.next()
  if (first.done === true || first.value.part.case !== 'header') throw outOfOrder('the first message of an upload is its header')
  const header = first.value.part.value
  const files: Record<string, BlobRef> = {}
  let left = limits.maxBytes
  let part = await nextPart(source)
  while (part !== undefined) {
    if (part.case !== 'file') throw outOfOrder(`a ${part.case} where a file was expected`)
    const { path, ref } = checkedFile(part.value)
    if (Object.hasOwn(files, path)) throw new VirgaError('VIRGA_BAD_INPUT', 'a path came twice', { field: 'file.path', record: path })
    if (Object.keys(files).length === limits.maxFiles)
      throw tooLarge(`more than ${limits.maxFiles} files`, `at most ${limits.maxFiles} files`)
    if (ref.size > left) throw tooLarge(`the files have more than ${limits.maxBytes} bytes`, `at most ${limits.maxBytes} bytes`)
    left -= ref.size
    const content = new FileContent(source, path, ref.size)
    const stored = await store.put(content.bytes())
    if (stored.sha256 !== ref.sha256) {
      throw new VirgaError('VIRGA_DIGEST_MISMATCH', `a file has digest ${stored.sha256}`, {
        field: 'file.blob.sha256',
        record: path,
        expected: ref.sha256,
      })
    }
    files[path] = stored
    part = content.after
  }
  if (Object.keys(files).length === 0) throw outOfOrder('an upload without files')
  return { header, files }
}

type Part = Exclude<UploadScenarioRequest['part'], { case: undefined }>

/** The chunks of one file; `after` is the part that ended them. */
class FileContent {
  after: Part | undefined
  readonly #source: AsyncIterator<UploadScenarioRequest>
  readonly #path: string
  readonly #size: number

  constructor(source: AsyncIterator<UploadScenarioRequest>, path: string, size: number) {
    this.#source = source
    this.#path = path
    this.#size = size
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    let received = 0
    for (this.after = await nextPart(this.#source); this.after?.case === 'chunk'; this.after = await nextPart(this.#source)) {
      const chunk = this.after.value
      if (chunk.length > largestChunk) throw tooLarge(`a chunk of ${chunk.length} bytes`, `at most ${largestChunk} bytes a chunk`)
      received += chunk.length
      if (received > this.#size) throw this.#wrongSize(`more than ${this.#size}`)
      yield chunk
    }
    if (received < this.#size) throw this.#wrongSize(String(received))
  }

  #wrongSize(received: string): VirgaError {
    return new VirgaError('VIRGA_DIGEST_MISMATCH', `a file has ${received} bytes`, {
      field: 'file.blob.size_bytes',
      record: this.#path,
      expected: String(this.#size),
    })
  }
}

async function nextPart(source: AsyncIterator<UploadScenarioRequest>): Promise<Part | undefined> {
  const next = await source.next()
  if (next.done === true) return undefined
  if (next.value.part.case === undefined) throw outOfOrder('a message without a part')
  return next.value.part
}

function checkedFile({ path, blob }: UploadScenarioRequest_File): { readonly path: string; readonly ref: BlobRef } {
  const parts = path.split('/')
  const plain = path.length <= 1024 && parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\0\\]/.test(part))
  if (!plain) {
    throw new VirgaError('VIRGA_BAD_INPUT', 'a path leaves the folder of the log', {
      field: 'file.path',
      record: path.slice(0, 300),
      expected: 'parts divided by "/", no "..", not absolute',
    })
  }
  if (
    blob === undefined ||
    !/^[0-9a-f]{64}$/.test(blob.sha256) ||
    blob.sizeBytes < 0n ||
    blob.sizeBytes > BigInt(Number.MAX_SAFE_INTEGER)
  ) {
    throw new VirgaError('VIRGA_BAD_INPUT', 'a file without digest and size', {
      field: 'file.blob',
      record: path,
      expected: '64 lower-case hexadecimal digits and a size',
    })
  }
  return { path, ref: { sha256: blob.sha256, size: Number(blob.sizeBytes) } }
}

const outOfOrder = (message: string): VirgaError =>
  new VirgaError('VIRGA_BAD_INPUT', message, { field: 'part', expected: 'a header, then each file followed by its chunks' })

const tooLarge = (message: string, expected: string): VirgaError => new VirgaError('VIRGA_TOO_LARGE', message, { field: 'part', expected })
