import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { openAuthenticator } from '../auth/open-authenticator.ts'
import type { Authenticator } from '../auth/identity.ts'
import { nestLogger } from '../logging/nest-logger.ts'
import type { Logger } from '../logging/logger.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { Implementation } from './call.ts'
import type { GrpcConfig } from './grpc-config.ts'
import { GrpcTransport } from './grpc-transport.ts'
import { callRunner } from './run-call.ts'
import { serverCredentials } from './server-credentials.ts'

export interface ServeGrpcOptions {
  readonly config: GrpcConfig
  readonly implementations: readonly Implementation[]
  readonly telemetry: Telemetry
  readonly log: Logger
  /** Default: by `VIRGA_TOKENS`. */
  readonly authenticator?: Authenticator
}

export interface GrpcService {
  readonly port: number
  /** What grpc.health.v1 tells; false until it is said. */
  serving(serving: boolean): void
  /** Streams end with VIRGA_UNAVAILABLE, other calls may finish within `limitMs`. */
  close(limitMs: number): Promise<void>
}

class GrpcModule {}

/** Serves an API over gRPC as a Nest microservice. @throws VirgaError VIRGA_USAGE for an address that is taken; those of tokens and TLS files */
export async function serveGrpc({ config, implementations, telemetry, log, authenticator }: ServeGrpcOptions): Promise<GrpcService> {
  const ending = new AbortController()
  const strategy = new GrpcTransport({
    listen: config.VIRGA_LISTEN,
    credentials: await serverCredentials({ cert: config.VIRGA_TLS_CERT, key: config.VIRGA_TLS_KEY, clientCa: config.VIRGA_TLS_CLIENT_CA }),
    implementations,
    runner: callRunner({
      authenticator: authenticator ?? (await openAuthenticator(config.VIRGA_TOKENS)),
      telemetry,
      log,
      ending: ending.signal,
    }),
    maxMessageBytes: config.VIRGA_MAX_MESSAGE_BYTES,
    keepaliveMs: config.VIRGA_KEEPALIVE_MS,
    maxStreams: config.VIRGA_MAX_STREAMS,
  })
  const app = await NestFactory.createMicroservice(GrpcModule, { strategy, logger: nestLogger(log), abortOnError: false })
  await app.listen()
  return {
    port: strategy.port,
    serving: (serving) => strategy.serving(serving),
    async close(limitMs) {
      ending.abort()
      await strategy.drain(limitMs)
      await app.close()
    },
  }
}
