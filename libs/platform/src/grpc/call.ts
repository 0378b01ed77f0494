import type { ServerReadableStream, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js'
import type { MessageShape } from '@bufbuild/protobuf'
import type { GenService, GenServiceMethods } from '@bufbuild/protobuf/codegenv2'
import type { Identity } from '../auth/identity.ts'
import type { Logger } from '../logging/logger.ts'

/** What a handler knows of the call besides its request. */
export interface Call {
  /** Such as "virga.v1.TaskService/ListTasks". */
  readonly method: string
  readonly identity: Identity
  /** Aborted when the caller is gone, its deadline has passed, or the server is ending. */
  readonly signal: AbortSignal
  readonly log: Logger
}

/** One method of a service, by its kind. Handlers throw VirgaErrors; a stream is read no faster than its caller takes it. */
export type Handler<Kind, Input, Output> = Kind extends 'unary'
  ? (request: Input, call: Call) => Promise<Output>
  : Kind extends 'server_streaming'
    ? (request: Input, call: Call) => AsyncIterable<Output>
    : Kind extends 'client_streaming'
      ? (requests: AsyncIterable<Input>, call: Call) => Promise<Output>
      : never

/** All methods of a service, by the names of the generated description. */
export type Handlers<Methods extends GenServiceMethods> = {
  readonly [Name in keyof Methods]: Handler<
    Methods[Name]['methodKind'],
    MessageShape<Methods[Name]['input']>,
    MessageShape<Methods[Name]['output']>
  >
}

/** A service with its handlers. */
export interface Implementation {
  readonly service: GenService<GenServiceMethods>
  readonly handlers: Readonly<Record<string, AnyHandler>>
}

export type AnyHandler = (request: unknown, call: Call) => Promise<unknown> | AsyncIterable<unknown>

/** Puts a service and its handlers together; the types hold that none is missing. */
export function implementation<Methods extends GenServiceMethods>(
  service: GenService<Methods>,
  handlers: Handlers<Methods>,
): Implementation {
  return {
    service: service,
    handlers: handlers as unknown as Readonly<Record<string, AnyHandler>>,
  }
}

export type RawCall = ServerUnaryCall<unknown, unknown> | ServerReadableStream<unknown, unknown> | ServerWritableStream<unknown, unknown>
