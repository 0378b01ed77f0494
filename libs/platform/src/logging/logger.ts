import { trace } from '@opentelemetry/api'
import { inspect } from 'node:util'
import { type Logger, pino } from 'pino'
import { textStream } from './text-stream.ts'

export type { Logger } from 'pino'

export interface LogOptions {
  readonly service: string
  readonly level: string
  /** auto: text where stderr is a terminal. */
  readonly format: 'auto' | 'json' | 'text'
}

/** Logs to stderr, one JSON object a line with the trace and span that it was written in. Written at once: a killed process loses none. */
export function openLogger({ service, level, format }: LogOptions): Logger {
  const asText = format === 'text' || (format === 'auto' && process.stderr.isTTY)
  return pino(
    {
      level,
      base: { service, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: errorFields },
      mixin: traceFields,
    },
    asText ? textStream(process.stderr) : pino.destination({ dest: 2, sync: true }),
  )
}

function traceFields(): object {
  const context = trace.getActiveSpan()?.spanContext()
  return context === undefined ? {} : { trace_id: context.traceId, span_id: context.spanId }
}

/** What is logged of an error: its code and place where it has them, its causes' messages. */
export function errorFields(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack, cause } = error
  const code = 'code' in error ? { code: error.code } : {}
  return {
    name,
    ...code,
    message,
    stack,
    ...(cause === undefined ? {} : { cause: cause instanceof Error ? cause.message : inspect(cause) }),
  }
}
