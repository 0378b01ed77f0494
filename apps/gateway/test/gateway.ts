import { mkdtemp } from 'node:fs/promises'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChannelCredentials, Client, type ClientReadableStream, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import { create, type DescMethod, type MessageInitShape, type MessageShape } from '@bufbuild/protobuf'
import type { GenService, GenServiceMethods } from '@bufbuild/protobuf/codegenv2'
import { errorFromStatus, type GrpcMethod, grpcService, type RemoteError, statusDetailsKey } from '@virga/contracts'
import { type Backends, startService } from '@virga/platform'
import { gatewayPartWith } from '../src/index.ts'

export interface RunningGateway {
  readonly port: number
  readonly httpPort: number
  /** What it works on, for tests that put things there. */
  readonly backends: Backends
  readonly home: string
  close(): Promise<void>
}

/** A gateway on SQLite, a folder and topics in process, listening on a free port. */
export async function startGateway(env: Readonly<Record<string, string>> = {}): Promise<RunningGateway> {
  const home = await mkdtemp(join(tmpdir(), 'virga-gateway-'))
  const listening = Promise.withResolvers<number>()
  const opened = Promise.withResolvers<Backends>()
  const probe = {
    name: 'probe',
    run: async (context: { opened: Promise<Backends>; signal: AbortSignal }) => {
      opened.resolve(await context.opened)
      if (!context.signal.aborted) await once(context.signal, 'abort')
    },
  }
  const service = await startService({
    name: 'gateway',
    parts: [gatewayPartWith(listening.resolve), probe],
    env: { VIRGA_HOME: home, VIRGA_LOG: 'silent', VIRGA_LISTEN: '127.0.0.1:0', ...env },
    handleSignals: false,
  })
  service.ended.catch((error: unknown) => listening.reject(error))
  return {
    port: await listening.promise,
    httpPort: service.httpPort ?? 0,
    backends: await opened.promise,
    home,
    close: () => service.close(),
  }
}

/** A failed call, with what its details told. */
export class CallError extends Error {
  readonly status: number
  readonly remote: RemoteError

  constructor({ code, details, metadata }: ServiceError) {
    super(details)
    this.status = code
    this.remote = errorFromStatus(code, details, metadata.get(statusDetailsKey)[0] as Buffer | undefined)
  }

  get reason(): string {
    return this.remote.error.code
  }

  get field(): string | undefined {
    return this.remote.error.place.field
  }
}

export interface CallOptions {
  readonly token?: string
  readonly deadlineMs?: number
  readonly metadata?: Readonly<Record<string, string>>
}

/** Calls by the generated descriptions over a real connection. */
export class TestClient {
  readonly #client: Client
  readonly #token: string | undefined

  constructor(port: number, { token, channel = credentials.createInsecure() }: { token?: string; channel?: ChannelCredentials } = {}) {
    this.#client = new Client(`localhost:${port}`, channel, { 'grpc.max_receive_message_length': -1 })
    this.#token = token
  }

  unary<M extends DescMethod>(
    method: M,
    request: MessageInitShape<M['input']>,
    options: CallOptions = {},
  ): Promise<MessageShape<M['output']>> {
    const { path, requestSerialize, responseDeserialize } = definitionOf(method)
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, value?: unknown): void =>
        error === null ? resolve(value as MessageShape<M['output']>) : reject(new CallError(error))
      const message = create(method.input, request as Record<string, unknown>)
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        message,
        this.#metadata(options),
        callOptions(options),
        done,
      )
    })
  }

  stream<M extends DescMethod>(
    method: M,
    request: MessageInitShape<M['input']>,
    options: CallOptions = {},
  ): ClientReadableStream<MessageShape<M['output']>> {
    const { path, requestSerialize, responseDeserialize } = definitionOf(method)
    const message = create(method.input, request as Record<string, unknown>)
    const stream = this.#client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      message,
      this.#metadata(options),
      callOptions(options),
    )
    return stream as ClientReadableStream<MessageShape<M['output']>>
  }

  /** All messages of a stream. */
  async collect<M extends DescMethod>(
    method: M,
    request: MessageInitShape<M['input']>,
    options: CallOptions = {},
  ): Promise<MessageShape<M['output']>[]> {
    const messages: MessageShape<M['output']>[] = []
    try {
      for await (const message of this.stream(method, request, options)) messages.push(message as MessageShape<M['output']>)
    } catch (error) {
      throw new CallError(error as ServiceError)
    }
    return messages
  }

  upload<M extends DescMethod>(method: M, requests: readonly MessageInitShape<M['input']>[]): Promise<MessageShape<M['output']>> {
    const { path, requestSerialize, responseDeserialize } = definitionOf(method)
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, value?: unknown): void =>
        error === null ? resolve(value as MessageShape<M['output']>) : reject(new CallError(error))
      const stream = this.#client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, this.#metadata({}), {}, done)
      stream.on('error', () => undefined) // told to `done`
      for (const request of requests) stream.write(create(method.input, request as Record<string, unknown>))
      stream.end()
    })
  }

  /** Bytes as they are, for requests that are no messages. */
  raw(path: string, bytes: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, value?: Buffer): void =>
        error === null ? resolve(value ?? Buffer.alloc(0)) : reject(new CallError(error))
      const same = (value: Buffer): Buffer => value
      this.#client.makeUnaryRequest(path, same, same, bytes, this.#metadata({}), {}, done)
    })
  }

  close(): void {
    this.#client.close()
  }

  #metadata({ token = this.#token, metadata = {} }: CallOptions): Metadata {
    const headers = new Metadata()
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
    for (const [key, value] of Object.entries(metadata)) headers.set(key, value)
    return headers
  }
}

const callOptions = ({ deadlineMs }: CallOptions) => (deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs })

function definitionOf(method: DescMethod): GrpcMethod {
  const service = method.parent as GenService<GenServiceMethods>
  return (grpcService(service) as Readonly<Record<string, GrpcMethod>>)[method.name]
}

/** What a call is refused with. */
export async function refusal(call: Promise<unknown>): Promise<CallError> {
  try {
    await call
  } catch (error) {
    if (error instanceof CallError) return error
    throw error
  }
  throw new Error('the call was not refused')
}
