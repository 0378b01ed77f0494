import { type EventEmitter, once } from 'node:events'
import { Metadata, type sendUnaryData, type ServerReadableStream, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js'
import type { DescMethod } from '@bufbuild/protobuf'
import { richStatusOf, statusDetailsKey, statusOfCode } from '@virga/contracts'
import { isVirgaError, VirgaError } from '@virga/errors'
import type { Authenticator } from '../auth/identity.ts'
import type { Logger } from '../logging/logger.ts'
import { failSpan, type Telemetry } from '../telemetry/telemetry.ts'
import type { AnyHandler, Call, RawCall } from './call.ts'
import { readable } from './malformed.ts'

export interface CallRunner {
  run(method: DescMethod, handler: AnyHandler, call: RawCall, callback: sendUnaryData<unknown> | undefined): Promise<void>
  /** Resolves when no call is under way. */
  idle(): Promise<void>
}

export interface CallRunnerOptions {
  readonly authenticator: Authenticator
  readonly telemetry: Telemetry
  readonly log: Logger
  /** Ends every call, with VIRGA_UNAVAILABLE, so that callers go elsewhere. */
  readonly ending: AbortSignal
}

/** Runs handlers: who calls, trace, deadline, cancelling, back-pressure, errors with details, log and numbers. Never rejects. */
export function callRunner({ authenticator, telemetry, log, ending }: CallRunnerOptions): CallRunner {
  let underWay = 0
  let onIdle: (() => void) | undefined
  return {
    idle: () => new Promise((resolve) => (underWay === 0 ? resolve() : (onIdle = resolve))),
    async run(method, handler, raw, callback) {
      underWay++
      const name = `${method.parent.typeName}/${method.name}`
      const { signal, release } = signalOf(raw, ending)
      const begun = performance.now()
      let status = 'OK'
      const carrier = { traceparent: textOf(raw.metadata, 'traceparent'), tracestate: textOf(raw.metadata, 'tracestate') }
      await telemetry.span(name, { carrier, attributes: { 'rpc.system': 'grpc', 'rpc.method': name } }, async (span) => {
        try {
          const certificateSubject = certificateOf(raw)
          const identity = await authenticator.identify({ authorization: textOf(raw.metadata, 'authorization'), certificateSubject })
          span.setAttribute('virga.tenant', identity.tenant)
          const call: Call = { method: name, identity, signal, log }
          const value = await answer(method, handler, raw, call)
          callback?.(null, value)
        } catch (thrown) {
          // Work that was told to stop says so in its own words; what counts is why it was told.
          const error: unknown = signal.aborted ? signal.reason : thrown
          status = isVirgaError(error) ? statusOfCode[error.code] : 'INTERNAL'
          failSpan(span, error)
          tell(log, name, error)
          const { code, details, detailsBinary } = richStatusOf(error)
          const metadata = new Metadata()
          metadata.set(statusDetailsKey, detailsBinary)
          const failure = Object.assign(new Error(details), { code, details, metadata })
          if (callback === undefined) raw.emit('error', failure)
          else callback(failure)
        }
      })
      release()
      telemetry.metrics.calls.inc({ method: name, status })
      telemetry.metrics.callSeconds.observe({ method: name }, (performance.now() - begun) / 1000)
      if (--underWay === 0) onIdle?.()
    },
  }
}

async function answer(method: DescMethod, handler: AnyHandler, raw: RawCall, call: Call): Promise<unknown> {
  switch (method.methodKind) {
    case 'unary':
      return handler(readable((raw as ServerUnaryCall<unknown, unknown>).request), call)
    case 'client_streaming':
      return handler(readableAll(raw as ServerReadableStream<unknown, unknown>), call)
    case 'server_streaming': {
      const stream = raw as ServerWritableStream<unknown, unknown>
      await writeAll(stream, handler(readable(stream.request), call) as AsyncIterable<unknown>, call.signal)
      return undefined
    }
    case 'bidi_streaming':
      throw new VirgaError('VIRGA_INTERNAL', 'no method of the API streams both ways')
  }
}

async function* readableAll(stream: ServerReadableStream<unknown, unknown>): AsyncIterable<unknown> {
  for await (const message of stream) yield readable(message)
}

/** The next message is made when the one before has been taken, so that a slow reader holds back its source instead of filling memory. */
async function writeAll(
  stream: ServerWritableStream<unknown, unknown>,
  messages: AsyncIterable<unknown>,
  signal: AbortSignal,
): Promise<void> {
  for await (const message of messages) {
    signal.throwIfAborted()
    if (!stream.write(message)) await once(stream, 'drain', { signal })
  }
  signal.throwIfAborted()
  stream.end()
}

/** Aborted when the call is cancelled, past its deadline, or the server ends. */
function signalOf(raw: RawCall, ending: AbortSignal): { readonly signal: AbortSignal; readonly release: () => void } {
  const own = new AbortController()
  const abort = (): void => own.abort(goneError(raw))
  const end = (): void => own.abort(new VirgaError('VIRGA_UNAVAILABLE', 'the server is ending: call again'))
  if (raw.cancelled) abort()
  if (ending.aborted) end()
  const emitter: EventEmitter = raw
  emitter.once('cancelled', abort)
  ending.addEventListener('abort', end, { once: true })
  return { signal: own.signal, release: () => ending.removeEventListener('abort', end) }
}

/** A caller whose deadline has passed cancels by itself, and its clock began a little before ours. */
const deadlineSlackMs = 250

function goneError(raw: RawCall): VirgaError {
  const late = Number(raw.getDeadline()) <= Date.now() + deadlineSlackMs
  return late ? new VirgaError('VIRGA_DEADLINE', "the call's deadline has passed") : new VirgaError('VIRGA_CANCELLED', 'the caller is gone')
}

function textOf(metadata: Metadata, key: string): string | undefined {
  const [value] = metadata.get(key)
  return value === undefined ? undefined : value.toString()
}

function certificateOf(raw: RawCall): string | undefined {
  const context = (
    raw as { getAuthContext?(): { sslPeerCertificate?: { subject?: { CN?: string | string[] } } } | null }
  ).getAuthContext?.()
  const name = context?.sslPeerCertificate?.subject?.CN
  return Array.isArray(name) ? name[0] : name
}

/** What a caller did wrong is no concern of the operator; what went wrong here is. */
function tell(log: Logger, method: string, error: unknown): void {
  if (!isVirgaError(error)) log.error({ method, error }, 'an error that was not foreseen')
  else if (['INTERNAL', 'DATA_LOSS', 'UNAVAILABLE'].includes(statusOfCode[error.code])) log.warn({ method, error }, 'a call failed')
  else log.debug({ method, reason: error.code, message: error.message }, 'a call was refused')
}
