import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { OnApplicationShutdown } from '@nestjs/common'
import { VirgaError } from '@virga/errors'
import type { Backends } from '../backends/backends.ts'
import { connectBackends } from '../backends/connect-backends.ts'
import { backendParts } from '../backends/open-backends.ts'
import { openHealthServer, type HealthServer } from '../http/health-server.ts'
import { measuredStore } from '../telemetry/measured-store.ts'
import { watchQueue } from '../telemetry/queue-metrics.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { readinessOf } from './health.ts'
import type { Part, PartContext } from './part.ts'
import { type RunningPart, runPart } from './part-runner.ts'
import type { ServiceModuleOptions } from './service-module.ts'
import { within } from './within.ts'

/** Keeps the parts of a process running, and ends them in order: parts, backends, health, traces. */
export class Supervisor implements OnApplicationShutdown {
  readonly #options: ServiceModuleOptions
  readonly #telemetry: Telemetry
  readonly #flushTraces: () => Promise<void>
  readonly #stop = new AbortController()
  readonly #ended = Promise.withResolvers<void>()
  readonly #worker = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`
  #backends: Backends | undefined
  #connecting: Promise<Backends> | undefined
  #http: HealthServer | undefined
  #running: readonly RunningPart[] = []

  constructor(options: ServiceModuleOptions, telemetry: Telemetry, flushTraces: () => Promise<void>) {
    this.#options = options
    this.#telemetry = telemetry
    this.#flushTraces = flushTraces
    this.#ended.promise.catch(() => undefined)
  }

  /** Resolves when a service that was told to end has ended; rejects with what makes it end by itself. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  get httpPort(): number | undefined {
    return this.#http?.port
  }

  async start(): Promise<void> {
    const { config, parts, log, backendConfig, name } = this.#options
    const { registry } = this.#telemetry.metrics
    const readiness = readinessOf({
      backends: () => this.#backends,
      parts: () => this.#running.map((part) => part.state()),
      ending: () => this.#stop.signal.aborted,
      beatMs: config.VIRGA_BEAT_MS,
    })
    if (config.VIRGA_HTTP_PORT !== 'off') {
      this.#http = await openHealthServer({ host: config.VIRGA_HTTP_HOST, port: config.VIRGA_HTTP_PORT, readiness, registry })
      log.info({ host: config.VIRGA_HTTP_HOST, port: this.#http.port }, 'health and metrics over HTTP')
    }
    this.#connecting = connectBackends(backendParts(backendConfig, name, log), {
      signal: this.#stop.signal,
      onFailure: (backend, error, nextTryMs) =>
        log.warn({ backend, error, nextTryMs: Math.round(nextTryMs) }, 'a backend does not answer yet'),
    }).then((opened) => this.#opened(opened))
    this.#connecting.catch((error: unknown) => this.#endWith(error))
    this.#running = parts.map((part) => this.#run(part))
  }

  async onApplicationShutdown(): Promise<void> {
    const { log, config } = this.#options
    this.#stop.abort(new VirgaError('VIRGA_CANCELLED', 'the service is ending'))
    const ordered = async (): Promise<void> => {
      await Promise.allSettled(this.#running.map((part) => part.ended))
      await this.#connecting?.catch(() => undefined)
      await this.#backends?.close().catch((error: unknown) => log.warn({ error }, 'a backend could not be closed'))
      await this.#flushTraces().catch((error: unknown) => log.warn({ error }, 'the last traces could not be sent'))
    }
    const inTime = await within(config.VIRGA_SHUTDOWN_MS, ordered())
    if (!inTime) log.error({ parts: this.#running.map((part) => part.state()) }, 'the service did not end in time')
    await this.#http?.close()
    log.info('ended')
    this.#ended.resolve()
  }

  #opened(opened: Backends): Backends {
    const { log } = this.#options
    log.info('catalog, store and bus answer')
    const backends = { ...opened, store: measuredStore(opened.store, this.#telemetry.metrics) }
    watchQueue(this.#telemetry.metrics.registry, backends.catalog)
    return (this.#backends = backends)
  }

  #run(part: Part): RunningPart {
    const { log } = this.#options
    const running = runPart({
      part,
      context: (beat) => this.#contextOf(part, beat),
      onFailure: (error, waitMs) => {
        this.#telemetry.metrics.restarts.inc({ part: part.name })
        log.error({ part: part.name, error, waitMs }, 'a part failed and is started again')
      },
    })
    running.ended.catch((error: unknown) => this.#endWith(error))
    return running
  }

  #contextOf(part: Part, beat: () => void): PartContext {
    const opened = this.#connecting ?? Promise.reject(new Error('not started'))
    opened.catch(() => undefined)
    return {
      service: this.#options.name,
      env: this.#options.env,
      worker: this.#worker,
      log: this.#options.log.child({ part: part.name }),
      telemetry: {
        ...this.#telemetry,
        onEvent: (event) => {
          beat()
          this.#telemetry.onEvent(event)
        },
      },
      signal: this.#stop.signal,
      opened,
      beat,
      backends: () => {
        if (this.#backends === undefined) throw new VirgaError('VIRGA_UNAVAILABLE', 'catalog, store or bus do not answer yet')
        return this.#backends
      },
    }
  }

  #endWith(error: unknown): void {
    if (this.#stop.signal.aborted) return
    this.#options.log.fatal({ error }, 'the service cannot go on')
    this.#ended.reject(error)
  }
}
