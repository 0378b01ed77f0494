import { Client, credentials, loadPackageDefinition, Metadata, Server, ServerCredentials, type ServiceError } from '@grpc/grpc-js'
import { fromBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import { VirgaError } from '@virga/errors'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Augmentation,
  Augmentation_State,
  AugmentationSchema,
  AugmentationService,
  create,
  CreateAugmentationRequestSchema,
  type CreateAugmentationRequest,
  durationFromMs,
  errorFromStatus,
  GetAugmentationRequestSchema,
  grpcPackage,
  grpcService,
  richStatusOf,
  statusDetailsKey,
  TaskService,
  type WatchAugmentationRequest,
  WatchAugmentationRequestSchema,
  type WatchAugmentationResponse,
  WatchAugmentationResponseSchema,
} from '../src/index.ts'

const definition = grpcService(AugmentationService)

describe('the generated messages over grpc-js', () => {
  let server: Server
  let client: Client

  beforeAll(async () => {
    server = new Server()
    server.addService(definition, {
      createAugmentation: (call: { request: CreateAugmentationRequest }, done: (error: null, value: Augmentation) => void) => {
        const { augmentation: asked = create(AugmentationSchema), augmentationId } = call.request
        done(null, Object.assign(asked, { name: `augmentations/${augmentationId}`, revision: 2n ** 53n + 1n }))
      },
      getAugmentation: (_call: unknown, done: (error: object) => void) => {
        const { code, details, detailsBinary } = richStatusOf(new VirgaError('VIRGA_NOT_FOUND', 'no augmentation a1', { field: 'name' }))
        const metadata = new Metadata()
        metadata.set(statusDetailsKey, detailsBinary)
        done({ code, details, metadata })
      },
      watchAugmentation: (call: { request: WatchAugmentationRequest; write(m: WatchAugmentationResponse): void; end(): void }) => {
        for (const state of [Augmentation_State.RUNNING, Augmentation_State.SUCCEEDED]) {
          const augmentation = create(AugmentationSchema, { name: call.request.name, state })
          call.write(create(WatchAugmentationResponseSchema, { change: { case: 'augmentation', value: augmentation } }))
        }
        call.end()
      },
    })
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
    )
    client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  })
  afterAll(() => {
    client.close()
    server.forceShutdown()
  })

  it('carries a request and its answer whole, 64-bit numbers included', async () => {
    const method = definition.CreateAugmentation
    const request = create(CreateAugmentationRequestSchema, {
      augmentationId: 'a1',
      augmentation: {
        scenario: 'scenarios/s1',
        cameras: ['front'],
        variants: [{ recipe: { case: 'look', value: { weather: 'rain', lighting: 'night' } }, seed: 4294967295 }],
        generation: { steps: 0 },
        timeout: durationFromMs(3_600_000),
        labels: { campaign: 'winter' },
      },
    })
    const answer = await new Promise<Augmentation>((resolve, reject) =>
      client.makeUnaryRequest(method.path, method.requestSerialize, method.responseDeserialize, request, (error, value) =>
        error === null && value !== undefined ? resolve(value) : reject(error ?? new Error('no answer')),
      ),
    )
    expect(answer).toEqual({ ...request.augmentation, name: 'augmentations/a1', revision: 2n ** 53n + 1n })
    expect(answer.generation?.steps).toBe(0)
    expect(answer.generation?.guidance).toBeUndefined()
  })

  it('carries an error with reason and field', async () => {
    const method = definition.GetAugmentation
    const failure = await new Promise<ServiceError>((resolve) =>
      client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        create(GetAugmentationRequestSchema, { name: 'augmentations/a1' }),
        (error) => resolve(error as ServiceError),
      ),
    )
    const { error } = errorFromStatus(failure.code, failure.details, failure.metadata.get(statusDetailsKey)[0] as Buffer)
    expect(error).toMatchObject({ code: 'VIRGA_NOT_FOUND', message: 'no augmentation a1 (field name)', place: { field: 'name' } })
  })

  it('streams', async () => {
    const method = definition.WatchAugmentation
    const stream = client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      create(WatchAugmentationRequestSchema, { name: 'augmentations/a1' }),
    )
    const states: unknown[] = []
    for await (const { change } of stream as AsyncIterable<WatchAugmentationResponse>) {
      if (change.case === 'augmentation') states.push(change.value.state)
    }
    expect(states).toEqual([Augmentation_State.RUNNING, Augmentation_State.SUCCEEDED])
  })

  it('gives a package definition with constructors by name, and every file that reflection has to show', () => {
    const definitions = grpcPackage([AugmentationService, TaskService])
    const loaded = loadPackageDefinition(definitions as never) as { virga: { v1: Record<string, { service?: object }> } }
    expect(Object.keys(loaded.virga.v1.TaskService?.service ?? {})).toEqual(['GetTask', 'ListTasks', 'DownloadTaskOutput'])
    const files = Object.values(definitions).flatMap(
      (entry) => ('fileDescriptorProtos' in entry ? entry.fileDescriptorProtos : []) as Buffer[],
    )
    const byName = new Map(files.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes)).map((file) => [file.name, file]))
    expect(byName.has('virga/v1/augmentations.proto')).toBe(true)
    for (const { dependency } of byName.values()) for (const name of dependency) expect(byName.has(name)).toBe(true)
  })
})
