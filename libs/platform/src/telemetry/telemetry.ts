import type { Span } from '@opentelemetry/api'
import type { Registry } from 'prom-client'

/** A plain event of a loop, as `onEvent` of libs/orchestration tells it. */
export interface LoopEvent {
  readonly kind: string
  readonly stage?: string
  readonly seconds?: number
  readonly [field: string]: unknown
}

/** Metrics and traces. Domain code knows neither: it tells plain events. */
export interface Telemetry {
  readonly registry: Registry
  /** Give it as `onEvent` to loops. Never throws. */
  readonly onEvent: (event: LoopEvent) => void
  /** Runs something within a span, a child of the trace that `carrier` names (`traceparent`, `tracestate`), else of the current one. */
  span<T>(
    name: string,
    options: {
      readonly carrier?: Readonly<Record<string, string | undefined>>
      readonly attributes?: Readonly<Record<string, string | number>>
    },
    run: (span: Span) => Promise<T>,
  ): Promise<T>
  /** The current place in a trace, for record headers and gRPC metadata. */
  inject(): { readonly traceparent?: string; readonly tracestate?: string }
  /** Writes out what has not been exported. */
  close(): Promise<void>
}
