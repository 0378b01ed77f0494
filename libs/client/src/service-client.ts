import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { DescMessage, DescMethod } from '@bufbuild/protobuf'
import type { GenService, GenServiceMethods } from '@bufbuild/protobuf/codegenv2'
import type { CallOptions as GrpcCallOptions } from '@grpc/grpc-js'
import { create, type GrpcMethod, grpcService, type MessageInitShape, type MessageShape } from '@virga/contracts'
import type { Channel } from './channel.ts'
import { callError, cancelled, Retries, type RetryPolicy } from './retry.ts'

export interface CallOptions {
  readonly signal?: AbortSignal
  /** Longest time for one try of a call with one answer, milliseconds; default 30 s. Streams have none. */
  readonly timeoutMs?: number
}

type Call<M> = M extends { methodKind: 'unary'; input: infer I extends DescMessage; output: infer O extends DescMessage }
  ? (request: MessageInitShape<I>, options?: CallOptions) => Promise<MessageShape<O>>
  : M extends { methodKind: 'server_streaming'; input: infer I extends DescMessage; output: infer O extends DescMessage }
    ? (request: MessageInitShape<I>, options?: CallOptions) => AsyncIterable<MessageShape<O>>
    : M extends { methodKind: 'client_streaming'; input: infer I extends DescMessage; output: infer O extends DescMessage }
      ? (requests: AsyncIterable<MessageInitShape<I>>, options?: CallOptions) => Promise<MessageShape<O>>
      : never

/** The methods of a service: promises, and async iterables where messages are streamed. */
export type ServiceClient<Methods extends GenServiceMethods> = { readonly [Name in keyof Methods]: Call<Methods[Name]> }

const defaultTimeoutMs = 30_000

/**
 * A client of one service. All calls reject with VirgaErrors. Calls with one question and one answer are tried again when the server is not there;
 * a create without a request id is given one, so that it makes one thing however often it is sent. Streams are tried again by those who know where
 * to go on: `watch`, `uploadFolder`, `download`.
 */
export function serviceClient<Methods extends GenServiceMethods>(
  channel: Channel,
  service: GenService<Methods>,
  policy: RetryPolicy,
): ServiceClient<Methods> {
  const definition: Readonly<Record<string, GrpcMethod>> = grpcService(service as GenService<GenServiceMethods>)
  const calls = service.methods.map((method) => [method.localName, callOf(channel, method, definition[method.name], policy)] as const)
  return Object.fromEntries(calls) as unknown as ServiceClient<Methods>
}

function callOf(channel: Channel, method: DescMethod, definition: GrpcMethod, policy: RetryPolicy): unknown {
  switch (method.methodKind) {
    case 'unary':
      return (request: MessageInitShape<DescMessage>, options: CallOptions = {}) =>
        unary(channel, definition, withRequestId(create(method.input, request)), policy, options)
    case 'server_streaming':
      return (request: MessageInitShape<DescMessage>, options: CallOptions = {}) =>
        serverStream(channel, definition, create(method.input, request), options)
    case 'client_streaming':
      return (requests: AsyncIterable<MessageInitShape<DescMessage>>, options: CallOptions = {}) =>
        clientStream(channel, definition, (request) => create(method.input, request as MessageInitShape<DescMessage>), requests, options)
    default:
      throw new Error(`${method.name}: streams both ways are not used`)
  }
}

/** A function, since the compiler holds what it once knew of a property for good. */
const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true

function withRequestId<M extends object>(request: M): M {
  if ('requestId' in request && request.requestId === '') return Object.assign(request, { requestId: randomUUID() })
  return request
}

async function unary(
  channel: Channel,
  method: GrpcMethod,
  request: MessageShape<DescMessage>,
  policy: RetryPolicy,
  { signal, timeoutMs = defaultTimeoutMs }: CallOptions,
): Promise<unknown> {
  const retries = new Retries(policy)
  for (;;) {
    if (isAborted(signal)) throw cancelled()
    try {
      return await callOnce(channel, method, request, { deadline: Date.now() + timeoutMs }, signal)
    } catch (thrown) {
      if (isAborted(signal)) throw cancelled()
      await retries.afterFailure(callError(thrown, channel.server), signal)
    }
  }
}

function callOnce(
  { client, metadata }: Channel,
  method: GrpcMethod,
  request: MessageShape<DescMessage>,
  options: GrpcCallOptions,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = method
    const call = client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, options, (error, answer) => {
      signal?.removeEventListener('abort', abort)
      if (error === null) resolve(answer)
      else reject(error)
    })
    const abort = (): void => call.cancel()
    signal?.addEventListener('abort', abort, { once: true })
  })
}

async function* serverStream(
  { client, metadata, server }: Channel,
  { path, requestSerialize, responseDeserialize }: GrpcMethod,
  request: MessageShape<DescMessage>,
  { signal }: CallOptions,
): AsyncGenerator<unknown> {
  if (isAborted(signal)) throw cancelled()
  const call = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata)
  const abort = (): void => call.cancel()
  signal?.addEventListener('abort', abort, { once: true })
  call.on('error', () => undefined) // the loop below throws it; one that comes after its end is nobody's
  try {
    yield* call
  } catch (thrown) {
    throw isAborted(signal) ? cancelled() : callError(thrown, server)
  } finally {
    signal?.removeEventListener('abort', abort)
    call.cancel()
  }
}

async function clientStream(
  { client, metadata, server }: Channel,
  { path, requestSerialize, responseDeserialize }: GrpcMethod,
  message: (request: unknown) => MessageShape<DescMessage>,
  requests: AsyncIterable<unknown>,
  { signal }: CallOptions,
): Promise<unknown> {
  if (isAborted(signal)) throw cancelled()
  const answer = Promise.withResolvers<unknown>()
  const settled = new AbortController() // a server may answer, or fail, before it has read everything
  const stream = client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, metadata, (error, value) => {
    if (error === null) answer.resolve(value)
    else answer.reject(error)
    settled.abort()
  })
  answer.promise.catch(() => undefined) // awaited below
  stream.on('error', () => undefined) // comes through the answer
  const abort = (): void => stream.cancel()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    for await (const request of requests) {
      if (settled.signal.aborted) break
      if (!stream.write(message(request))) await once(stream, 'drain', { signal: settled.signal }).catch(() => undefined)
    }
    if (!settled.signal.aborted) stream.end()
    return await answer.promise
  } catch (thrown) {
    stream.cancel()
    throw isAborted(signal) ? cancelled() : callError(thrown, server)
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}
