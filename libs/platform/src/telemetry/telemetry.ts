import { context, propagation, ROOT_CONTEXT, type Span, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api'
import { isVirgaError } from '@virga/errors'
import type { LoopEvent } from '@virga/orchestration'
import type { Metrics } from './metrics.ts'

/** Where a trace comes from: headers of a record, or metadata of a call. */
export interface TraceCarrier {
  readonly traceparent?: string
  readonly tracestate?: string
}

export interface SpanOptions {
  /** The trace to go on with; default: the one that is under way here. */
  readonly carrier?: TraceCarrier
  readonly attributes?: Readonly<Record<string, string | number | boolean>>
}

/** Metrics and traces. Domain code knows neither: it tells plain events. */
export interface Telemetry {
  readonly metrics: Metrics
  readonly tracer: Tracer
  /** Give it as `onEvent` to loops. Never throws. */
  readonly onEvent: (event: LoopEvent) => void
  /** Runs something within a span; what it throws is noted on the span and thrown on. */
  span<T>(name: string, options: SpanOptions, run: (span: Span) => Promise<T>): Promise<T>
  /** The current place in a trace, for record headers and gRPC metadata. */
  inject(): TraceCarrier
}

export function openTelemetry(metrics: Metrics, tracer: Tracer, onEvent: (event: LoopEvent) => void): Telemetry {
  return {
    metrics,
    tracer,
    onEvent,
    span: (name, { carrier, attributes }, run) => {
      const parent = carrier?.traceparent === undefined ? context.active() : propagation.extract(ROOT_CONTEXT, carrier)
      return tracer.startActiveSpan(name, { attributes }, parent, async (span) => {
        try {
          return await run(span)
        } catch (error) {
          failSpan(span, error)
          throw error
        } finally {
          span.end()
        }
      })
    },
    inject: () => {
      const carrier: { traceparent?: string; tracestate?: string } = {}
      propagation.inject(context.active(), carrier)
      return carrier
    },
  }
}

/** Marks a span as failed, with the code of the closed list where there is one. */
export function failSpan(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) })
  span.setAttribute('virga.reason', isVirgaError(error) ? error.code : 'VIRGA_INTERNAL')
}

/** A span below another one; for work whose beginning and end come as events. */
export function childSpan(tracer: Tracer, parent: Span, name: string): Span {
  return tracer.startSpan(name, {}, trace.setSpan(context.active(), parent))
}
