import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Metadata, Server, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js'
import {
  Augmentation_State,
  AugmentationSchema,
  AugmentationService,
  create,
  type CreateAugmentationRequest,
  type DownloadVariantRequest,
  type DownloadVariantResponse,
  DownloadVariantResponseSchema,
  type GetScenarioRequest,
  grpcService,
  richStatusOf,
  ScenarioSchema,
  ScenarioService,
  statusDetailsKey,
  type UploadScenarioRequest,
  VariantSchema,
  VariantService,
  type WatchAugmentationRequest,
  type WatchAugmentationResponse,
  WatchAugmentationResponseSchema,
} from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect, type VirgaClient } from '../src/index.ts'

type Done<T> = (error: object | null, value?: T) => void
type Stream<I, O> = ServerWritableStream<I, O>

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function failure(error: VirgaError): object {
  const { code, details, detailsBinary } = richStatusOf(error)
  const metadata = new Metadata()
  metadata.set(statusDetailsKey, detailsBinary)
  return { code, details, metadata }
}

/** A server over real sockets whose methods a test replaces. */
const methods = {
  create: (_request: CreateAugmentationRequest, done: Done<object>) => done(failure(new VirgaError('VIRGA_INTERNAL', 'unset'))),
  watch: (_stream: Stream<WatchAugmentationRequest, WatchAugmentationResponse>) => undefined as void,
  download: (_stream: Stream<DownloadVariantRequest, DownloadVariantResponse>) => undefined as void,
}
const uploads: UploadScenarioRequest[][] = []
const scenarios = new Map<string, object>()
let authorization: unknown

async function takeUpload(call: AsyncIterable<UploadScenarioRequest>, done: Done<object>): Promise<void> {
  const parts: UploadScenarioRequest[] = []
  try {
    for await (const part of call) parts.push(part)
  } catch {
    return // the caller has gone
  }
  uploads.push(parts)
  const [first] = parts
  const id = first?.part.case === 'header' ? first.part.value.scenarioId : ''
  const scenario = create(ScenarioSchema, { name: `scenarios/${id}` })
  scenarios.set(scenario.name, scenario)
  done(null, scenario)
}

function startServer(port = 0): Promise<{ server: Server; port: number }> {
  const server = new Server()
  server.addService(grpcService(AugmentationService), {
    createAugmentation: (call: { request: CreateAugmentationRequest; metadata: Metadata }, done: Done<object>) => {
      ;[authorization] = call.metadata.get('authorization')
      methods.create(call.request, done)
    },
    watchAugmentation: (call: Stream<WatchAugmentationRequest, WatchAugmentationResponse>) => methods.watch(call),
  })
  server.addService(grpcService(VariantService), {
    downloadVariant: (call: Stream<DownloadVariantRequest, DownloadVariantResponse>) => methods.download(call),
  })
  server.addService(grpcService(ScenarioService), {
    getScenario: ({ request }: { request: GetScenarioRequest }, done: Done<object>) => {
      const found = scenarios.get(request.name)
      if (found === undefined) done(failure(new VirgaError('VIRGA_NOT_FOUND', request.name)))
      else done(null, found)
    },
    uploadScenario: (call: AsyncIterable<UploadScenarioRequest>, done: Done<object>) => void takeUpload(call, done),
  })
  return new Promise((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve({ server, port: bound }),
    ),
  )
}

describe('the client', () => {
  let running: { server: Server; port: number }
  let client: VirgaClient
  let folder: string
  const waits: string[] = []

  beforeEach(async () => {
    running = await startServer()
    client = await connect({
      server: `127.0.0.1:${running.port}`,
      token: 'secret',
      retry: { forMs: 20_000, onRetry: (error) => waits.push(error.code) },
    })
    folder = mkdtempSync(join(tmpdir(), 'virga-client-'))
    waits.length = 0
    uploads.length = 0
    scenarios.clear()
  })
  afterEach(() => {
    client.close()
    running.server.forceShutdown()
    rmSync(folder, { recursive: true, force: true })
  })

  /** The port may be held for a moment by what the dead server had open. */
  async function restart(): Promise<void> {
    for (let tries = 0; tries < 50; tries++) {
      await sleep(200)
      const again = await startServer(running.port).catch(() => undefined)
      if (again !== undefined) return void (running = again)
    }
  }

  it('sends its token, and one request id for all tries of a create', async () => {
    const ids: string[] = []
    methods.create = ({ requestId, augmentation }, done) => {
      ids.push(requestId)
      if (ids.length < 3) done(failure(new VirgaError('VIRGA_UNAVAILABLE', 'the catalog does not answer')))
      else done(null, Object.assign(augmentation ?? create(AugmentationSchema), { name: 'augmentations/a1' }))
    }
    const made = await client.augmentations.createAugmentation({ augmentation: { scenario: 'scenarios/s1', cameras: ['front'] } })
    expect(made).toMatchObject({ name: 'augmentations/a1', cameras: ['front'] })
    expect(ids).toHaveLength(3)
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(new Set(ids).size).toBe(1)
    expect(waits).toEqual(['VIRGA_UNAVAILABLE', 'VIRGA_UNAVAILABLE'])
    expect(authorization).toBe('Bearer secret')
  })

  it('throws the error of the server, with code, place and message, without trying again', async () => {
    methods.create = (_request, done) =>
      done(failure(new VirgaError('VIRGA_UNKNOWN_NAME', 'no camera rear', { field: 'augmentation.cameras', expected: 'front' })))
    await expect(client.augmentations.createAugmentation({})).rejects.toMatchObject({
      code: 'VIRGA_UNKNOWN_NAME',
      message: 'no camera rear (field augmentation.cameras); expected front',
      place: { field: 'augmentation.cameras', expected: 'front' },
    })
    expect(waits).toEqual([])
  })

  it('names the address of a server that is not there, once the time is up; a signal ends the waiting', async () => {
    const nobody = await connect({ server: '127.0.0.1:1', retry: { forMs: 300 } })
    await expect(nobody.bundles.listBundles({})).rejects.toMatchObject({
      code: 'VIRGA_UNAVAILABLE',
      message: expect.stringContaining('127.0.0.1:1') as unknown,
    })
    nobody.close()
    const patient = await connect({ server: '127.0.0.1:1' })
    await expect(patient.bundles.listBundles({}, { signal: AbortSignal.timeout(200) })).rejects.toMatchObject({ code: 'VIRGA_CANCELLED' })
    patient.close()
    await expect(connect({ server: 'localhost' })).rejects.toMatchObject({ code: 'VIRGA_USAGE' })
    await expect(connect({ server: 'localhost:1', tls: { ca: join(folder, 'none.pem') } })).rejects.toMatchObject({
      code: 'VIRGA_BAD_INPUT',
      place: { file: join(folder, 'none.pem') },
    })
  })

  it('goes on watching where it was after a server died and came back', async () => {
    const asked: bigint[] = []
    const change = (revision: bigint, state: Augmentation_State) =>
      create(WatchAugmentationResponseSchema, { change: { case: 'augmentation', value: { name: 'augmentations/a1', revision, state } } })
    methods.watch = (stream) => {
      asked.push(stream.request.afterRevision)
      stream.write(change(5n, Augmentation_State.RUNNING))
      setTimeout(() => running.server.forceShutdown(), 50)
    }
    const seen: [bigint, Augmentation_State][] = []
    for await (const { change: what } of client.watch('augmentations/a1')) {
      if (what.case !== 'augmentation') continue
      seen.push([what.value.revision, what.value.state])
      if (seen.length === 1) {
        methods.watch = (stream) => {
          asked.push(stream.request.afterRevision)
          stream.write(change(9n, Augmentation_State.SUCCEEDED))
          stream.end()
        }
        void restart()
      }
    }
    expect(seen).toEqual([
      [5n, Augmentation_State.RUNNING],
      [9n, Augmentation_State.SUCCEEDED],
    ])
    expect(asked).toEqual([0n, 5n])
    expect(waits.length).toBeGreaterThan(0)
  })

  describe('downloads', () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_value, i) => (i * 7 + (i >> 8)) & 255))
    const variant = create(VariantSchema, {
      name: 'augmentations/a1/variants/front.rain-night',
      files: [{ path: 'video.mp4', blob: { sha256: sha256(bytes), sizeBytes: BigInt(bytes.length) } }],
    })
    const offsets: number[] = []
    const give = (stream: Stream<DownloadVariantRequest, DownloadVariantResponse>, end = bytes.length, of: Buffer = bytes) => {
      const from = Number(stream.request.offsetBytes)
      offsets.push(from)
      for (let at = from; at < end; at += 10_000)
        stream.write(create(DownloadVariantResponseSchema, { chunk: of.subarray(at, Math.min(at + 10_000, end)) }))
    }
    beforeEach(() => (offsets.length = 0))

    it('resume where a broken stream or a killed process left off, and give the name only to the whole file', async () => {
      const to = join(folder, 'deep', 'video.mp4')
      mkdirSync(join(folder, 'deep'))
      writeFileSync(join(folder, 'deep', `.video.mp4.${sha256(bytes).slice(0, 16)}.download`), bytes.subarray(0, 20_000))
      methods.download = (stream) => {
        give(stream, 50_000)
        stream.emit('error', Object.assign(new Error('gone'), { code: 14, details: 'gone' }))
        methods.download = (next) => {
          give(next)
          next.end()
        }
      }
      expect(await client.downloadVariantFile(variant, 'video.mp4', to)).toBe(true)
      expect(readFileSync(to).equals(bytes)).toBe(true)
      expect(offsets[0]).toBe(20_000)
      expect(offsets).toHaveLength(2)
      expect(offsets[1]).toBeGreaterThanOrEqual(20_000)
      expect(await client.downloadVariantFile(variant, 'video.mp4', to)).toBe(false)
      expect(offsets).toHaveLength(2)
    })

    it('begin anew when what lay there was something else, and refuse what has another digest', async () => {
      const to = join(folder, 'video.mp4')
      const part = join(folder, `.video.mp4.${sha256(bytes).slice(0, 16)}.download`)
      writeFileSync(part, Buffer.alloc(30_000, 1))
      methods.download = (stream) => {
        give(stream)
        stream.end()
      }
      expect(await client.downloadVariantFile(variant, 'video.mp4', to)).toBe(true)
      expect(readFileSync(to).equals(bytes)).toBe(true)
      expect(offsets).toEqual([30_000, 0])
      rmSync(to)
      const other = Buffer.from(bytes)
      other[5] = 0xee
      methods.download = (stream) => {
        give(stream, bytes.length, other)
        stream.end()
      }
      await expect(client.downloadVariantFile(variant, 'video.mp4', to)).rejects.toMatchObject({ code: 'VIRGA_DIGEST_MISMATCH' })
      expect(() => readFileSync(to)).toThrow('ENOENT')
      expect(() => readFileSync(part)).toThrow('ENOENT')
    })
  })

  it('uploads a folder file by file with digests, once', async () => {
    const log = join(folder, 'my-log')
    mkdirSync(join(log, 'sub'), { recursive: true })
    const large = Buffer.alloc(700_000, 3)
    writeFileSync(join(log, 'sub', 'large.bin'), large)
    writeFileSync(join(log, 'a.txt'), 'alpha')
    writeFileSync(join(log, '.hidden'), 'x')
    symlinkSync(join(log, 'a.txt'), join(log, 'link.txt'))
    const told: number[] = []
    const scenario = await client.uploadFolder(log, { onBytes: (done) => told.push(done) })
    expect(scenario.name).toMatch(/^scenarios\/log-[0-9a-f]{32}$/)
    const files = new Map<string, Buffer[]>()
    let current: Buffer[] = []
    for (const { part } of uploads[0] ?? []) {
      if (part.case === 'header') expect(part.value.displayName).toBe('my-log')
      if (part.case === 'file') files.set(part.value.path, (current = []))
      if (part.case === 'chunk') current.push(Buffer.from(part.value))
    }
    expect([...files.keys()]).toEqual(['a.txt', 'link.txt', 'sub/large.bin'])
    expect(Buffer.concat(files.get('sub/large.bin') ?? []).equals(large)).toBe(true)
    expect(told.at(-1)).toBe(700_010)
    expect((await client.uploadFolder(log)).name).toBe(scenario.name)
    expect(uploads).toHaveLength(1)
    writeFileSync(join(log, 'a.txt'), 'beta')
    expect((await client.uploadFolder(log)).name).not.toBe(scenario.name)
    await expect(client.uploadFolder(join(folder, 'none'))).rejects.toMatchObject({ code: 'VIRGA_BAD_INPUT' })
  })
})
