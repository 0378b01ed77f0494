import { z } from 'zod'

/** What a client gives for a header: kafkajs reads Buffers, and arrays where a header came twice. */
export type HeaderValue = string | Uint8Array | readonly (string | Uint8Array)[] | undefined

/** CloudEvents 1.0 attributes of a record and its place in a trace. Binary content mode: each is a header, the value is the data alone. */
export interface Envelope {
  /** Unique with `source`: the same id is the same event, however often it is delivered. */
  readonly id: string
  /** Who made it, a URI reference such as "/virga/orchestrator". */
  readonly source: string
  /** When it happened, RFC 3339. */
  readonly time: string
  /** W3C trace context, carried on as it came. */
  readonly traceparent?: string
  readonly tracestate?: string
}

const text = z.string().min(1).max(1024)
const required = z.object({ id: text, source: text, time: z.iso.datetime({ offset: true }) })

/** Headers as they are written: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md */
export function headersOf(envelope: Envelope, type: string): Record<string, string> {
  const { traceparent, tracestate } = envelope
  return {
    ce_specversion: '1.0',
    ce_id: envelope.id,
    ce_source: envelope.source,
    ce_type: type,
    ce_time: envelope.time,
    'content-type': 'application/json',
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(traceparent === undefined || tracestate === undefined ? {} : { tracestate }),
  }
}

/**
 * The envelope in a record's headers; undefined when one of its attributes is missing or wrong. A traceparent that is none is dropped,
 * as the W3C recommendation asks (https://www.w3.org/TR/trace-context/#traceparent-header).
 */
export function envelopeIn(headers: Readonly<Record<string, HeaderValue>>): Envelope | undefined {
  const get = (name: string): string | undefined => headerText(headers[name])
  const parsed = required.safeParse({ id: get('ce_id'), source: get('ce_source'), time: get('ce_time') })
  if (!parsed.success || get('ce_specversion') !== '1.0') return undefined
  return { ...parsed.data, ...traceIn(headers) }
}

/** The place in a trace that headers name; nothing when they name none. */
export function traceIn(headers: Readonly<Record<string, HeaderValue>>): Pick<Envelope, 'traceparent' | 'tracestate'> {
  const traceparent = headerText(headers.traceparent)
  if (traceparent === undefined || !isTraceparent(traceparent)) return {}
  const tracestate = headerText(headers.tracestate)
  return tracestate === undefined || tracestate.length > 512 ? { traceparent } : { traceparent, tracestate }
}

/** The header's text: the last one where it came several times; undefined when it is missing. */
export function headerText(value: HeaderValue): string | undefined {
  const last = Array.isArray(value) ? (value as readonly (string | Uint8Array)[]).at(-1) : (value as string | Uint8Array | undefined)
  if (last === undefined || last === null) return undefined
  return typeof last === 'string' ? last : new TextDecoder().decode(last)
}

function isTraceparent(value: string): boolean {
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(value)
  return match !== null && match[1] !== 'ff' && !/^0+$/.test(match[2] ?? '') && !/^0+$/.test(match[3] ?? '')
}
