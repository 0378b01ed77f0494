import { NestFactory } from '@nestjs/core'
import { exitCodeOf } from '@virga/errors'
import { z } from 'zod'
import { effectiveSettings, effectiveTable } from '../config/effective-table.ts'
import { backendSettings, effectiveAddresses, loadBackendConfig } from '../config/backend-config.ts'
import { loadConfig } from '../config/load-config.ts'
import { serviceSettings } from '../config/service-config.ts'
import { type Logger, openLogger } from '../logging/logger.ts'
import { nestLogger } from '../logging/nest-logger.ts'
import type { Part } from './part.ts'
import { serviceModule } from './service-module.ts'
import { Supervisor } from './supervisor.ts'

export interface ServiceOptions {
  /** Shown in logs and traces, such as "renderer". */
  readonly name: string
  readonly parts: readonly Part[]
  /** Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv
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

/**
 * Starts a service: settings, logs, metrics, health over HTTP, backends as soon as they answer, and its parts. Resolves before the backends
 * answer; /readyz tells.
 *
 * @throws VirgaError VIRGA_USAGE naming the variables at fault; a port that is taken
 */
export async function startService({ name, parts, env = process.env, handleSignals = true }: ServiceOptions): Promise<Service> {
  const all = z.object(Object.assign({}, serviceSettings.shape, backendSettings.shape, ...parts.map((part) => part.settings?.shape ?? {})))
  const values = loadConfig(all, env) // first of all of them, so that every fault is named at once
  const config = loadConfig(serviceSettings, env)
  const backendConfig = loadBackendConfig(env)
  const log = openLogger({ service: name, level: config.VIRGA_LOG, format: config.VIRGA_LOG_FORMAT })
  const effective = effectiveSettings(all, { ...values, ...effectiveAddresses(backendConfig) }, env)
  if (handleSignals) logWarnings(log)
  if (process.stderr.isTTY) log.info(`settings\n${effectiveTable(effective)}`)
  else log.info({ settings: Object.fromEntries(effective.map((one) => [one.name, one.value])) }, 'settings')

  const app = await NestFactory.createApplicationContext(serviceModule({ name, parts, env, config, backendConfig, log }), {
    logger: nestLogger(log),
    abortOnError: false,
  })
  const supervisor = app.get(Supervisor)
  await supervisor.start()
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= app.close())
  const onSignal = (signal: NodeJS.Signals): void => {
    log.info({ signal }, 'ending: work is handed back')
    close().catch((error: unknown) => log.error({ error }, 'not everything could be closed'))
  }
  if (handleSignals) for (const signal of endSignals) process.once(signal, onSignal)
  const ended = supervisor.ended.finally(async () => {
    await close()
    for (const signal of endSignals) process.off(signal, onSignal)
  })
  return { ...(supervisor.httpPort === undefined ? {} : { httpPort: supervisor.httpPort }), ended, close }
}

const endSignals = ['SIGTERM', 'SIGINT'] as const

/**
 * Warnings of Node among the lines of the log instead of as text between them. One is left out: kafkajs 2 asks for a timer of negative length when
 * it has never been throttled, which comes to the shortest one.
 */
function logWarnings(log: Logger): void {
  process.removeAllListeners('warning')
  process.on('warning', ({ name, message }) => {
    if (name !== 'TimeoutNegativeWarning') log.warn({ warning: name }, message)
  })
}

/** `startService` for a `main.ts`: runs until it is told to end, and ends the process with the exit code of what made it end. */
export async function runService(options: ServiceOptions): Promise<never> {
  try {
    const service = await startService(options)
    await service.ended
    process.exit(0)
  } catch (error) {
    process.stderr.write(`virga ${options.name}: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(exitCodeOf(error))
  }
}
