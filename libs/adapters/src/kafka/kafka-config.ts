import { VirgaError } from '@virga/errors'
import type { ConnectionOptions } from 'node:tls'
import { Kafka, logLevel, type SASLOptions } from 'kafkajs'

/** Where the brokers are and how to reach them. */
export interface KafkaConfig {
  /** `host:port` of some brokers; they name the others. */
  readonly brokers: readonly string[]
  readonly clientId?: string
  /** TLS when given; `{}` trusts the machine's certificate authorities. Texts are PEM. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly serverName?: string }
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
    readonly username: string
    readonly password: string
  }
  /** Told of broker trouble that is being waited out, and of records that are tried again. */
  readonly log?: (level: 'info' | 'warn' | 'error', message: string) => void
}

/** How often a request is tried: with `retryMs` doubling up to a second this comes to about four seconds, then the caller decides. */
const retries = 6
const retryMs = 100
const connectMs = 3000
const requestMs = 10_000

/** @throws VirgaError VIRGA_USAGE when a broker is no `host:port` */
export function kafkaClient(config: KafkaConfig): Kafka {
  const { brokers, clientId = 'virga', tls, sasl } = config
  if (brokers.length === 0) throw new VirgaError('VIRGA_USAGE', 'no Kafka broker given', { field: 'brokers', expected: 'host:port' })
  for (const broker of brokers) {
    const port = Number(/^[^\s/]+:(\d{1,5})$/.exec(broker)?.[1] ?? 0)
    if (port < 1 || port > 65535)
      throw new VirgaError('VIRGA_USAGE', `"${broker}" is no Kafka broker`, { field: 'brokers', expected: 'host:port' })
  }
  return new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: connectMs,
    requestTimeout: requestMs,
    retry: { initialRetryTime: retryMs, maxRetryTime: 1000, retries },
    logLevel: logLevel.NOTHING, // errors reach the caller, or `log` from the places that wait them out
    ...(tls === undefined ? {} : { ssl: tlsOf(tls) }),
    ...(sasl === undefined ? {} : { sasl: sasl as SASLOptions }),
  })
}

function tlsOf({ ca, cert, key, serverName }: NonNullable<KafkaConfig['tls']>): ConnectionOptions {
  return {
    ...(ca === undefined ? {} : { ca: [ca] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  }
}
