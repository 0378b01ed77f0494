import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRequire } from 'node:module'
import { credentials, type GrpcObject, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { AugmentationService, PresetService, ScenarioService } from '@virga/contracts'
import { protoPath } from 'grpc-health-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasOpenssl, makeCertificates, read } from './certificates.ts'
import { refusal, type RunningGateway, startGateway, TestClient } from './gateway.ts'

const { listPresets } = PresetService.method
const { getScenario, listScenarios, createScenario } = ScenarioService.method

describe('the server', () => {
  let gateway: RunningGateway
  let client: TestClient
  beforeAll(async () => {
    gateway = await startGateway({ VIRGA_MAX_MESSAGE_BYTES: '65536' })
    client = new TestClient(gateway.port)
  })
  afterAll(async () => {
    client.close()
    await gateway.close()
  })

  it('lists its services and their files by reflection', async () => {
    const proto = createRequire(import.meta.resolve('@grpc/reflection')).resolve(
      '@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto',
    )
    const { ServerReflection } = servicesOf(proto, 'grpc', 'reflection', 'v1')
    const reflection = new ServerReflection(`localhost:${gateway.port}`, credentials.createInsecure())
    const ask = (question: object): Promise<Reflected> =>
      new Promise((resolve, reject) => {
        const stream = (reflection as unknown as { ServerReflectionInfo(): NodeJS.ReadWriteStream }).ServerReflectionInfo()
        stream.once('data', resolve)
        stream.once('error', reject)
        stream.write(question as never)
        stream.end()
      })
    const { listServicesResponse } = await ask({ listServices: '' })
    const names = listServicesResponse?.service.map(({ name }) => name)
    const own = ['Augmentation', 'Bundle', 'DeadLetter', 'Preset', 'Scenario', 'Task', 'Variant'].map((name) => `virga.v1.${name}Service`)
    expect(names).toEqual(expect.arrayContaining([...own, 'grpc.health.v1.Health']))
    const { fileDescriptorResponse } = await ask({ fileContainingSymbol: 'virga.v1.AugmentationService' })
    expect(fileDescriptorResponse?.fileDescriptorProto.length).toBeGreaterThan(3)
    reflection.close()
  })

  it('tells its health, and again when it changes', async () => {
    const { Health } = servicesOf(protoPath, 'grpc', 'health', 'v1')
    const other = await startGateway()
    const health = new Health(`localhost:${other.port}`, credentials.createInsecure()) as unknown as HealthClient
    const check = (service: string): Promise<string> =>
      new Promise((resolve, reject) =>
        health.Check({ service }, (error, answer) => (error === null ? resolve(answer.status) : reject(error))),
      )
    await expect.poll(() => check(''), { timeout: 5000 }).toBe('SERVING')
    expect(await check('virga.v1.TaskService')).toBe('SERVING')
    await expect(check('virga.v1.NoService')).rejects.toMatchObject({ code: 5 })
    const seen: string[] = []
    const watch = health.Watch({ service: '' })
    watch.on('data', ({ status }: { status: string }) => seen.push(status))
    watch.on('error', () => undefined)
    await expect.poll(() => seen).toEqual(['SERVING'])
    await other.close()
    await expect.poll(() => seen).toEqual(['SERVING', 'NOT_SERVING'])
    health.close()
  })

  it('refuses bytes that are no message, methods that it does not have and messages that are too large', async () => {
    const garbage = await refusal(client.raw('/virga.v1.ScenarioService/GetScenario', Buffer.from([0x0a, 0xff, 0xff])))
    expect(garbage).toMatchObject({ status: 3, reason: 'VIRGA_BAD_INPUT' })
    expect(await refusal(client.raw('/virga.v1.ScenarioService/Paint', Buffer.alloc(0)))).toMatchObject({ status: 12 })
    const large = { scenario: { uri: `simulation://7?x=${'y'.repeat(100_000)}` } }
    expect(await refusal(client.unary(createScenario, large))).toMatchObject({ status: 8 })
    expect((await client.unary(listPresets, {})).presets.length).toBeGreaterThan(0) // the connection goes on
  })

  it('ends calls at their deadline, on both sides', async () => {
    await gateway.backends.catalog.scenarios.create({ id: 's', tenant: 'default', uri: 'simulation://1', state: 'ready' })
    const tasks = [{ key: 'inspect', stage: 'inspect', input: {} }] as const
    const spec = { scenario: 'scenarios/s', cameras: ['front'], variants: [{ look: { weather: 'rain', lighting: 'night' } }] }
    await gateway.backends.catalog.augmentations.create({ id: 'slow', tenant: 'default', scenario: 's', spec, tasks })
    const watch = client.collect(AugmentationService.method.watchAugmentation, { name: 'augmentations/slow' }, { deadlineMs: 300 })
    expect(await refusal(watch)).toMatchObject({ status: 4 })
    const line =
      'virga_grpc_calls_total{method="virga.v1.AugmentationService/WatchAugmentation",status="DEADLINE_EXCEEDED",service="gateway"} 1'
    await expect.poll(async () => (await fetch(`http://127.0.0.1:${gateway.httpPort}/metrics`)).text(), { timeout: 5000 }).toContain(line)
  })

  it('ends streams with VIRGA_UNAVAILABLE and a time to wait when it ends', async () => {
    const other = await startGateway()
    const caller = new TestClient(other.port)
    const tasks = [{ key: 'inspect', stage: 'inspect', input: {} }] as const
    await other.backends.catalog.augmentations.create({
      id: 'a',
      tenant: 'default',
      scenario: 's',
      spec: { scenario: 'scenarios/s' },
      tasks,
    })
    const watch = caller.collect(AugmentationService.method.watchAugmentation, { name: 'augmentations/a' })
    await new Promise((resolve) => setTimeout(resolve, 300))
    const [refused] = await Promise.all([refusal(watch), other.close()])
    expect(refused).toMatchObject({ status: 14, reason: 'VIRGA_UNAVAILABLE' })
    expect(refused.remote.retryAfterMs).toBe(1000)
    caller.close()
  })

  it('sends traces that go on with that of the caller', async () => {
    const bodies: string[] = []
    const collector = createServer((request, response) => {
      void text(request).then((body) => bodies.push(body))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    }).listen(0, '127.0.0.1')
    await once(collector, 'listening')
    const { port } = collector.address() as AddressInfo
    const other = await startGateway({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` })
    const caller = new TestClient(other.port)
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await caller.unary(listPresets, {}, { metadata: { traceparent } })
    await caller.unary(listPresets, {}, { metadata: { traceparent: 'nonsense' } })
    caller.close()
    await other.close()
    collector.close()
    type Sent = { resourceSpans: { scopeSpans: { spans: { name: string; traceId: string; parentSpanId?: string }[] }[] }[] }
    const sent = bodies.flatMap((body) =>
      (JSON.parse(body) as Sent).resourceSpans.flatMap((one) => one.scopeSpans.flatMap(({ spans }) => spans)),
    )
    const calls = sent.filter(({ name }) => name === 'virga.v1.PresetService/ListPresets')
    expect(calls[0]).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331' })
    expect(calls[1]?.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(calls[1]?.traceId).not.toBe(calls[0]?.traceId)
  })
})

describe('tokens', () => {
  const [perception, simulation] = ['perception-token-0001', 'simulation-token-0001']
  let gateway: RunningGateway
  let client: TestClient
  beforeAll(async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'virga-tokens-')), 'tokens')
    await writeFile(file, `${perception} perception\n${simulation} simulation ops operator\n`)
    gateway = await startGateway({ VIRGA_TOKENS: file })
    client = new TestClient(gateway.port)
  })
  afterAll(async () => {
    client.close()
    await gateway.close()
  })

  it('are asked for', async () => {
    const expected = { status: 16, reason: 'VIRGA_UNAUTHENTICATED' }
    expect(await refusal(client.unary(listPresets, {}))).toMatchObject(expected)
    expect(await refusal(client.unary(listPresets, {}, { token: 'perception-token-0002' }))).toMatchObject(expected)
    expect(await refusal(client.collect(AugmentationService.method.watchAugmentation, { name: 'augmentations/x' }))).toMatchObject(expected)
    expect((await client.unary(listPresets, {}, { token: perception })).presets.length).toBeGreaterThan(0)
  })

  it('keep tenants apart', async () => {
    const request = { scenario: { uri: 'simulation://7?width=64&height=32' }, scenarioId: 'mine' }
    await client.unary(createScenario, request, { token: perception })
    const name = 'scenarios/mine'
    expect(await refusal(client.unary(getScenario, { name }, { token: simulation }))).toMatchObject({ status: 5 })
    expect((await client.unary(listScenarios, {}, { token: simulation })).scenarios).toEqual([])
    expect((await client.unary(listScenarios, {}, { token: perception })).scenarios).toHaveLength(1)
  })
})

describe.skipIf(!hasOpenssl())('TLS (needs openssl)', () => {
  it('is on with a certificate, and mutual with an authority of clients', async () => {
    const made = makeCertificates(await mkdtemp(join(tmpdir(), 'virga-tls-')))
    const tls = { VIRGA_TLS_CERT: made.server.cert, VIRGA_TLS_KEY: made.server.key }
    const [open, mutual] = await Promise.all([startGateway(tls), startGateway({ ...tls, VIRGA_TLS_CLIENT_CA: made.ca })])
    const call = async (port: number, channel = credentials.createInsecure()): Promise<number> => {
      const client = new TestClient(port, { channel })
      try {
        return (await client.unary(listPresets, {}, { deadlineMs: 3000 })).presets.length
      } finally {
        client.close()
      }
    }
    const as = ({ cert, key }: { cert: string; key: string }) => credentials.createSsl(read(made.ca), read(key), read(cert))
    expect(await call(open.port, credentials.createSsl(read(made.ca)))).toBeGreaterThan(0)
    expect(await refusal(call(open.port))).toMatchObject({ status: 14 })
    expect(await call(mutual.port, as(made.client))).toBeGreaterThan(0)
    expect(await refusal(call(mutual.port, as(made.stranger)))).toMatchObject({ status: 14 })
    expect(await refusal(call(mutual.port, credentials.createSsl(read(made.ca))))).toMatchObject({ status: 14 })
    await Promise.all([open.close(), mutual.close()])
  })

  it('says which file is missing', async () => {
    await expect(startGateway({ VIRGA_TLS_CERT: '/nowhere/cert.pem' })).rejects.toMatchObject({
      code: 'VIRGA_USAGE',
      place: { field: 'VIRGA_TLS_KEY' },
    })
  })
})

interface Reflected {
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] }
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Buffer[] }
}

interface HealthClient {
  Check(request: { service: string }, done: (error: Error | null, answer: { status: string }) => void): void
  Watch(request: { service: string }): NodeJS.ReadableStream
  close(): void
}

function servicesOf(proto: string, ...path: readonly string[]): Record<string, ServiceClientConstructor> {
  const loaded = loadPackageDefinition(loadSync(proto, { enums: String, defaults: true }))
  return path.reduce<GrpcObject>((place, part) => place[part] as GrpcObject, loaded) as Record<string, ServiceClientConstructor>
}
