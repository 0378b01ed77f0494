import { context, propagation, trace, type Tracer } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

export interface Tracing {
  readonly tracer: Tracer
  readonly close: () => Promise<void>
}

/**
 * Traces of a service. Spans have ids in any case, so logs can name them and records carry them on; they are sent only to an endpoint that
 * was given. W3C trace context (https://www.w3.org/TR/trace-context/).
 *
 * @param more processors of tests
 */
export async function openTracing(service: string, endpoint: string | undefined, more: readonly SpanProcessor[] = []): Promise<Tracing> {
  // Both are of the process: the second service in it finds those of the first.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': `virga-${service}` }),
    spanProcessors: [...(endpoint === undefined ? [] : [await exporterTo(endpoint)]), ...more],
  })
  trace.setGlobalTracerProvider(provider)
  return { tracer: provider.getTracer('virga'), close: () => provider.shutdown() }
}

/** Loaded only when it is used: most of what tracing weighs. */
async function exporterTo(endpoint: string): Promise<SpanProcessor> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  return new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }) })
}
