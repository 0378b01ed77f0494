import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { VirgaError } from '@virga/errors'
import type { Registry } from 'prom-client'
import type { Readiness } from '../service/health.ts'

export interface HealthServerOptions {
  readonly host: string
  readonly port: number
  readonly readiness: () => Promise<Readiness>
  readonly registry: Registry
}

export interface HealthServer {
  readonly port: number
  close(): Promise<void>
}

/** `/livez` (the process answers), `/readyz` (200 or 503, with the reasons as JSON), `/metrics` (Prometheus' text format). */
export async function openHealthServer({ host, port, readiness, registry }: HealthServerOptions): Promise<HealthServer> {
  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    if (path === '/livez') return send(response, 200, 'application/json', '{"alive":true}')
    if (path === '/readyz') {
      const state = await readiness()
      return send(response, state.ready ? 200 : 503, 'application/json', JSON.stringify(state))
    }
    if (path === '/metrics') return send(response, 200, registry.contentType, await registry.metrics())
    send(response, 404, 'text/plain', 'there are /livez, /readyz and /metrics\n')
  }
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'text/plain', 'GET only\n')
    answer((request.url ?? '/').split('?')[0] ?? '/', response).catch((error: unknown) =>
      send(response, 500, 'text/plain', `${String(error)}\n`),
    )
  })
  await listen(server, host, port)
  server.unref()
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  if (response.headersSent) return
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new VirgaError('VIRGA_USAGE', `cannot listen on ${host}:${port}: ${cause.message}`, { field: 'VIRGA_HTTP_PORT' }, { cause }))
    })
    server.listen(port, host, resolve)
  })
}
