import { create, fromBinary, type Message, toBinary } from '@bufbuild/protobuf'
import type { GenMessage } from '@bufbuild/protobuf/codegenv2'
import { anyPack, anyUnpack, type Any, DurationSchema } from '@bufbuild/protobuf/wkt'
import { type ErrorCode, errorCodes, type ErrorPlace, isVirgaError, type RetryClass, retryClassOf, VirgaError } from '@virga/errors'
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from '../generated/google/rpc/error_details_pb.js'
import { StatusSchema } from '../generated/google/rpc/status_pb.js'
import { codeOfStatus, grpcStatus, statusOfCode } from './grpc-status.ts'

/** `ErrorInfo.domain` of every error that Virga makes. */
export const errorDomain = 'virga.dev'
/** The trailer in which gRPC carries a `google.rpc.Status` with details. */
export const statusDetailsKey = 'grpc-status-details-bin'

/** Longest message that is sent; gRPC's trailers are limited to about 8 KiB in all. */
const longestMessage = 2000
const longestPlace = 500
/** How long a caller is told to wait, in seconds; classes that are not here get no RetryInfo. */
const retryAfterSeconds: Partial<Record<RetryClass, number>> = { soon: 1, later: 30 }

/** What a gRPC server answers a failed call with. */
export interface RichStatus {
  /** Number of the gRPC status. */
  readonly code: number
  readonly details: string
  /** Content of the trailer `grpc-status-details-bin`. */
  readonly detailsBinary: Buffer
}

/**
 * The gRPC form of any thrown value. What is no VirgaError becomes VIRGA_INTERNAL without its message, which could hold what callers
 * must not see; log it before.
 */
export function richStatusOf(error: unknown): RichStatus {
  const known = isVirgaError(error)
  const reason: ErrorCode = known ? error.code : 'VIRGA_INTERNAL'
  const message = (known ? error.message : 'an error that was not foreseen').slice(0, longestMessage)
  const place: ErrorPlace = known ? error.place : {}
  const details: Any[] = [anyPack(ErrorInfoSchema, create(ErrorInfoSchema, { reason, domain: errorDomain, metadata: metadataOf(place) }))]
  const code = grpcStatus[statusOfCode[reason]]
  if (place.field !== undefined && (code === grpcStatus.INVALID_ARGUMENT || code === grpcStatus.OUT_OF_RANGE)) {
    const violation = { field: place.field.slice(0, longestPlace), description: message, reason }
    details.push(anyPack(BadRequestSchema, create(BadRequestSchema, { fieldViolations: [violation] })))
  }
  const seconds = known ? retryAfterSeconds[retryClassOf(error)] : undefined
  if (seconds !== undefined) {
    const retryDelay = create(DurationSchema, { seconds: BigInt(seconds) })
    details.push(anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay })))
  }
  const status = create(StatusSchema, { code, message, details })
  return { code, details: message, detailsBinary: Buffer.from(toBinary(StatusSchema, status)) }
}

/** What a failed call told its caller. */
export interface RemoteError {
  /** The error of the server, with its code and place. */
  readonly error: VirgaError
  /** How long to wait before the next try, in milliseconds; undefined: trying again does not help. */
  readonly retryAfterMs?: number
}

/**
 * The client's side of `richStatusOf`. A status without details that can be read, or with a reason that this release does not know,
 * is mapped by its number.
 */
export function errorFromStatus(code: number, message: string, detailsBinary?: Uint8Array): RemoteError {
  const details = detailsBinary === undefined ? [] : detailsIn(detailsBinary)
  const info = firstOf(details, ErrorInfoSchema)
  const delay = firstOf(details, RetryInfoSchema)?.retryDelay
  const reason = info?.domain === errorDomain && isErrorCode(info.reason) ? info.reason : codeOfStatus(code)
  const { file, record, field, expected } = info?.metadata ?? {}
  const error = new RemoteVirgaError(reason, message, { file, record, field, expected })
  return delay === undefined ? { error } : { error, retryAfterMs: Number(delay.seconds) * 1000 + Math.ceil(delay.nanos / 1e6) }
}

/** An error that came over the wire: its message names the place already. */
class RemoteVirgaError extends VirgaError {
  constructor(code: ErrorCode, message: string, place: ErrorPlace) {
    super(code, message, place)
    this.message = message
  }
}

function metadataOf(place: ErrorPlace): Record<string, string> {
  const { file, record, field, expected } = place
  const known = Object.entries({ file, record, field, expected }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known.map(([key, value]) => [key, String(value).slice(0, longestPlace)]))
}

function detailsIn(bytes: Uint8Array): Any[] {
  try {
    return fromBinary(StatusSchema, bytes).details
  } catch {
    return [] // a proxy may have put something else there; the number still counts
  }
}

function firstOf<M extends Message>(details: readonly Any[], schema: GenMessage<M>): M | undefined {
  for (const detail of details) {
    try {
      const message = anyUnpack(detail, schema)
      if (message !== undefined) return message
    } catch {
      continue // bytes that are not what their type says
    }
  }
  return undefined
}

const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(errorCodes, text)
