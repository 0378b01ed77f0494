import {
  type sendUnaryData,
  Server as GrpcServer,
  type ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'
import { fromBinary } from '@bufbuild/protobuf'
import { type CustomTransportStrategy, Server } from '@nestjs/microservices'
import { grpcPackage, grpcService } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { HealthImplementation, protoPath as healthProto } from 'grpc-health-check'
import { loadSync } from '@grpc/proto-loader'
import type { Implementation, RawCall } from './call.ts'
import { Malformed } from './malformed.ts'
import { within } from '../service/within.ts'
import type { CallRunner } from './run-call.ts'

export interface GrpcTransportOptions {
  /** `host:port`; port 0: any that is free. */
  readonly listen: string
  readonly credentials: ServerCredentials
  readonly implementations: readonly Implementation[]
  readonly runner: CallRunner
  readonly maxMessageBytes: number
  readonly keepaliveMs: number
  readonly maxStreams: number
}

const flushMs = 50

/**
 * A transport of Nest over grpc-js' own server. Nest's gRPC transport is not used for three reasons: it queues without bound what a slow
 * reader does not take (a download would be held in memory as a whole), it reads uploads no slower than they come, and it does not
 * tell the port that it got. Besides the services it serves grpc.health.v1 and reflection, both without a token.
 */
export class GrpcTransport extends Server implements CustomTransportStrategy {
  readonly #options: GrpcTransportOptions
  readonly #server: GrpcServer
  readonly #health: HealthImplementation
  #port = 0

  constructor(options: GrpcTransportOptions) {
    super()
    this.#options = options
    const { implementations, maxMessageBytes, keepaliveMs, maxStreams, runner } = options
    this.#server = new GrpcServer({
      'grpc.max_receive_message_length': maxMessageBytes,
      'grpc.max_send_message_length': maxMessageBytes,
      'grpc.keepalive_time_ms': keepaliveMs,
      'grpc.keepalive_timeout_ms': Math.min(20_000, keepaliveMs),
      'grpc.max_concurrent_streams': maxStreams,
    })
    for (const { service, handlers } of implementations) {
      const methods: UntypedServiceImplementation = {}
      for (const method of service.methods) {
        const handler = handlers[method.localName]
        if (handler === undefined) throw new VirgaError('VIRGA_INTERNAL', `no handler of ${service.typeName}/${method.name}`)
        methods[method.name] = (call: RawCall, callback?: sendUnaryData<unknown>) => void runner.run(method, handler, call, callback)
      }
      this.#server.addService(tolerant(grpcService(service), service), methods)
    }
    const names = implementations.map(({ service }) => service.typeName)
    this.#health = new HealthImplementation(Object.fromEntries(['', ...names].map((name) => [name, 'NOT_SERVING'])))
    this.#health.addToServer(this.#server)
    const described = { ...grpcPackage(implementations.map(({ service }) => service)), ...loadSync(healthProto) }
    new ReflectionService(described as ConstructorParameters<typeof ReflectionService>[0]).addToServer(this.#server)
  }

  /** The port that it listens on. */
  get port(): number {
    return this.#port
  }

  /** What health tells of the server and of each service. */
  serving(serving: boolean): void {
    for (const name of ['', ...this.#options.implementations.map(({ service }) => service.typeName)]) {
      this.#health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING')
    }
  }

  listen(callback: (error?: unknown) => void): void {
    const { listen, credentials } = this.#options
    this.#server.bindAsync(listen, credentials, (cause, port) => {
      this.#port = port
      callback(
        cause === null
          ? undefined
          : new VirgaError('VIRGA_USAGE', `cannot listen on ${listen}: ${cause.message}`, { field: 'VIRGA_LISTEN' }, { cause }),
      )
    })
  }

  /** Takes no more calls and waits for those under way, at most so long. Watches of health never end by themselves and are not waited for. */
  async drain(limitMs: number): Promise<void> {
    this.serving(false)
    this.#server.tryShutdown(() => undefined)
    await within(limitMs, this.#options.runner.idle())
    await new Promise((resolve) => setTimeout(resolve, flushMs)) // the last answers leave the process
    this.#server.forceShutdown()
  }

  close(): void {
    this.#server.forceShutdown()
  }

  on(): never {
    throw new Error('a gRPC server has no events')
  }

  unwrap<T>(): T {
    return this.#server as T
  }
}

/** Requests that cannot be read reach the handler's runner, which answers with INVALID_ARGUMENT; gRPC itself would say INTERNAL. */
function tolerant(definition: ReturnType<typeof grpcService>, service: Implementation['service']): ServiceDefinition {
  const entries = service.methods.map((method) => {
    const known = (definition as Record<string, object>)[method.name]
    const requestDeserialize = (bytes: Buffer): unknown => {
      try {
        return fromBinary(method.input, bytes)
      } catch (error) {
        return new Malformed(error instanceof Error ? error.message : String(error))
      }
    }
    return [method.name, { ...known, requestDeserialize }]
  })
  return Object.fromEntries(entries) as ServiceDefinition
}
