import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface CollectedSpan {
  /** `service.name` of the process that made it. */
  readonly service: string
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
}

/** ExportTraceServiceRequest as JSON, as far as it is read: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[] }
    readonly scopeSpans: readonly { readonly spans: readonly Omit<CollectedSpan, 'service'>[] }[]
  }[]
}

/** A collector of OpenTelemetry traces in this process: OTLP over HTTP, as JSON. */
export async function collectTraces() {
  const spans: CollectedSpan[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      for (const { resource, scopeSpans } of (JSON.parse(body) as ExportRequest).resourceSpans) {
        const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? ''
        for (const span of scopeSpans.flatMap((scope) => scope.spans)) spans.push({ ...span, service })
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const byId = () => new Map(spans.map((span) => [span.spanId, span]))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: spans as readonly CollectedSpan[],
    /** A span's ancestors, itself first, as "service: name". */
    pathOf(span: CollectedSpan): string[] {
      const known = byId()
      const path: string[] = []
      for (let at: CollectedSpan | undefined = span; at !== undefined; at = known.get(at.parentSpanId ?? '')) {
        path.push(`${at.service}: ${at.name}`)
      }
      return path
    },
    close: () => new Promise<void>((done) => server.close(() => done())),
  }
}
