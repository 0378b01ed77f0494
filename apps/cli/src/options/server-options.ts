import type { Command } from 'commander'
import type { ConnectOptions, VirgaClient } from '@virga/client'
import { VirgaError } from '@virga/errors'

/** How a server of the Virga API is reached. */
export interface ServerOptions {
  readonly server?: string
  readonly token?: string
  readonly tls?: true
  readonly tlsCa?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
}

/** Adds the options that say which server is meant; they stand before or after the name of the command. */
export function serverOptions(program: Command): Command {
  return program
    .option('--server <HOST:PORT>', 'a server of the Virga API that does the work (default: $VIRGA_SERVER; else this process)')
    .option('--token <TOKEN>', 'who calls (default: $VIRGA_TOKEN)')
    .option('--tls', 'TLS with the certificates that Node trusts')
    .option('--tls-ca <FILE>', "TLS; the server's certificate descends from one of these (PEM)")
    .option('--tls-cert <FILE>', "the caller's own certificate (PEM), for mutual TLS")
    .option('--tls-key <FILE>', 'its key (PEM)')
}

/** Address of the server; undefined: none was asked for. */
export function serverOf(options: ServerOptions): string | undefined {
  const server = options.server ?? process.env.VIRGA_SERVER
  return server === '' ? undefined : server
}

/**
 * Connects to the server that was named.
 *
 * @throws VirgaError VIRGA_USAGE when none was
 */
export async function connectTo(options: ServerOptions, retry: ConnectOptions['retry'] = {}): Promise<VirgaClient> {
  const server = serverOf(options)
  if (server === undefined) throw new VirgaError('VIRGA_USAGE', 'no server was named', { field: 'server', expected: '--server HOST:PORT' })
  const { connect } = await import('@virga/client')
  const { token = process.env.VIRGA_TOKEN, tls, tlsCa, tlsCert, tlsKey } = options
  const files = {
    ...(tlsCa === undefined ? {} : { ca: tlsCa }),
    ...(tlsCert === undefined ? {} : { cert: tlsCert }),
    ...(tlsKey === undefined ? {} : { key: tlsKey }),
  }
  const secured = Object.keys(files).length > 0 ? files : (tls ?? false)
  return connect({ server, tls: secured, retry, ...(token === undefined || token === '' ? {} : { token }) })
}
