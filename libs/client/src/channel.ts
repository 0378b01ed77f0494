import { readFile } from 'node:fs/promises'
import { type ChannelCredentials, Client, credentials, Metadata } from '@grpc/grpc-js'
import { VirgaError } from '@virga/errors'

/** Files in PEM. */
export interface TlsFiles {
  /** Certificates that the server's must descend from; default: those that Node trusts. */
  readonly ca?: string
  /** The caller's own certificate and key, for mutual TLS. */
  readonly cert?: string
  readonly key?: string
}

export interface ChannelOptions {
  /** `host:port`. */
  readonly server: string
  /** Sent with each call as `authorization: Bearer ...`. */
  readonly token?: string
  /** True: TLS with the certificates that Node trusts. Default: no TLS. */
  readonly tls?: boolean | TlsFiles
}

/** A connection to a server, and what goes with every call. */
export interface Channel {
  readonly server: string
  readonly client: Client
  readonly metadata: Metadata
}

/**
 * Makes a channel; it connects with the first call.
 *
 * @throws VirgaError VIRGA_USAGE for an address that is none; VIRGA_BAD_INPUT for a certificate that cannot be read
 */
export async function openChannel({ server, token, tls = false }: ChannelOptions): Promise<Channel> {
  if (!/^(\[[0-9a-f:]+\]|[\w.-]+):\d{1,5}$/i.test(server)) {
    throw new VirgaError('VIRGA_USAGE', `${server} is no address of a server`, { field: 'server', expected: 'HOST:PORT' })
  }
  const metadata = new Metadata()
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`)
  const client = new Client(server, await credentialsOf(tls), {
    // A server that is started again is found again within seconds.
    'grpc.initial_reconnect_backoff_ms': 250,
    'grpc.max_reconnect_backoff_ms': 2_000,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.max_receive_message_length': 16 * 1024 * 1024,
    'grpc.enable_retries': 0, // see Retries
  })
  return { server, client, metadata }
}

async function credentialsOf(tls: boolean | TlsFiles): Promise<ChannelCredentials> {
  if (tls === false) return credentials.createInsecure()
  const { ca, cert, key } = tls === true ? {} : tls
  if ((cert === undefined) !== (key === undefined)) {
    throw new VirgaError('VIRGA_USAGE', 'a certificate needs its key and the other way round', { field: 'tls', expected: 'both or none' })
  }
  const [caBytes, certBytes, keyBytes] = await Promise.all([pem(ca), pem(cert), pem(key)])
  try {
    return credentials.createSsl(caBytes, keyBytes, certBytes)
  } catch (cause) {
    const file = [ca, cert, key].filter((name) => name !== undefined).join(', ')
    throw new VirgaError('VIRGA_BAD_INPUT', 'is no certificate or key', { file, expected: 'PEM' }, { cause })
  }
}

async function pem(file: string | undefined): Promise<Buffer | null> {
  if (file === undefined) return null
  try {
    return await readFile(file)
  } catch (cause) {
    throw new VirgaError(
      'VIRGA_BAD_INPUT',
      `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { file, expected: 'a file in PEM' },
      { cause },
    )
  }
}
