import type { z } from 'zod'
import type { Backends } from '../backends/backends.ts'
import type { Logger } from '../logging/logger.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

/** What a part of a service is given. */
export interface PartContext {
  /** Name of the service. */
  readonly service: string
  /** The environment that the process was started with; read it by `loadConfig(settings, context.env)`. */
  readonly env: NodeJS.ProcessEnv
  /** `{host}-{process id}-{random}`: names this process in leases. */
  readonly worker: string
  readonly log: Logger
  /** Its `onEvent` counts as a sign of life. */
  readonly telemetry: Telemetry
  /** Aborted when the service is to end: hand work back at once and resolve. */
  readonly signal: AbortSignal
  /** Resolves when catalog, store and bus have been opened, however long they are down; rejects only when the service ends before. */
  readonly opened: Promise<Backends>
  /** The backends now. @throws VirgaError VIRGA_UNAVAILABLE while they have not been opened */
  backends(): Backends
  /** A sign of life: after the first one, readiness fails when there is none for `VIRGA_BEAT_MS`. */
  beat(): void
}

/**
 * Something that a process does until it is told to end: a loop, a gRPC server. A part that rejects is logged and started again after a
 * back-off, unless the reason is one that trying again does not mend: then the process ends with the exit code of the reason.
 */
export interface Part {
  readonly name: string
  /** The variables that it reads: checked before anything starts, and shown in the table of effective values. */
  readonly settings?: z.ZodObject<z.ZodRawShape>
  run(context: PartContext): Promise<void>
}
