import type { Part } from './part.ts'

export interface ServiceOptions {
  /** Shown in logs and traces, such as "renderer". */
  readonly name: string
  readonly parts: readonly Part[]
  /** Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv
  /** Ends the service, besides SIGTERM and SIGINT. */
  readonly signal?: AbortSignal
  /** Default true: SIGTERM and SIGINT end the service. */
  readonly handleSignals?: boolean
}

export interface Service {
  /** Where /livez, /readyz and /metrics are; undefined when VIRGA_HTTP_PORT is "off". */
  readonly httpPort?: number
  /** Resolves when everything has ended and was closed; rejects with what made the service end by itself. */
  readonly ended: Promise<void>
  /** Hands work back, closes; bounded by VIRGA_SHUTDOWN_MS. */
  close(): Promise<void>
}

/** Starts a service: configuration, logs, metrics, health over HTTP, backends as soon as they answer, then its parts. */
export function startService(_options: ServiceOptions): Promise<Service> {
  return Promise.reject(new Error('startService: body follows'))
}

/** `startService` for a `main.ts`: ends the process with the exit code of what ended the service. */
export async function runService(options: ServiceOptions): Promise<void> {
  const service = await startService(options)
  await service.ended
}
