import type { ErrorCode } from '@virga/errors'

/** The numbers of gRPC's status codes that Virga uses: https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
export const grpcStatus = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const

export type GrpcStatusName = keyof typeof grpcStatus

/** The one mapping of Virga's codes to gRPC; `proto/virga/v1/error.proto` tells callers the same. */
export const statusOfCode: Readonly<Record<ErrorCode, GrpcStatusName>> = {
  VIRGA_USAGE: 'INVALID_ARGUMENT',
  VIRGA_UNKNOWN_NAME: 'INVALID_ARGUMENT',
  VIRGA_BAD_INPUT: 'INVALID_ARGUMENT',
  VIRGA_UNKNOWN_FORMAT: 'INVALID_ARGUMENT',
  VIRGA_OUT_OF_RANGE: 'OUT_OF_RANGE',
  VIRGA_DIGEST_MISMATCH: 'DATA_LOSS',
  VIRGA_BAD_BUNDLE: 'FAILED_PRECONDITION',
  VIRGA_MISSING_DEPENDENCY: 'FAILED_PRECONDITION',
  VIRGA_CANNOT_WRITE: 'UNAVAILABLE',
  VIRGA_DISK_FULL: 'RESOURCE_EXHAUSTED',
  VIRGA_NOT_FINITE: 'INTERNAL',
  VIRGA_VIDEO: 'INTERNAL',
  VIRGA_DEVICE: 'UNAVAILABLE',
  VIRGA_CANCELLED: 'CANCELLED',
  VIRGA_NOT_FOUND: 'NOT_FOUND',
  VIRGA_ALREADY_EXISTS: 'ALREADY_EXISTS',
  VIRGA_CONFLICT: 'ABORTED',
  VIRGA_WRONG_STATE: 'FAILED_PRECONDITION',
  VIRGA_TOO_LARGE: 'INVALID_ARGUMENT',
  VIRGA_QUOTA: 'RESOURCE_EXHAUSTED',
  VIRGA_DEADLINE: 'DEADLINE_EXCEEDED',
  VIRGA_UNAUTHENTICATED: 'UNAUTHENTICATED',
  VIRGA_FORBIDDEN: 'PERMISSION_DENIED',
  VIRGA_FUTURE_VERSION: 'FAILED_PRECONDITION',
  VIRGA_STALE_LEASE: 'ABORTED',
  VIRGA_UNAVAILABLE: 'UNAVAILABLE',
  VIRGA_INTERNAL: 'INTERNAL',
}

/** What a client takes a status for that came without ErrorInfo, as from a proxy or from gRPC itself. */
export function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case grpcStatus.CANCELLED:
      return 'VIRGA_CANCELLED'
    case grpcStatus.INVALID_ARGUMENT:
      return 'VIRGA_BAD_INPUT'
    case grpcStatus.DEADLINE_EXCEEDED:
      return 'VIRGA_DEADLINE'
    case grpcStatus.NOT_FOUND:
      return 'VIRGA_NOT_FOUND'
    case grpcStatus.ALREADY_EXISTS:
      return 'VIRGA_ALREADY_EXISTS'
    case grpcStatus.PERMISSION_DENIED:
      return 'VIRGA_FORBIDDEN'
    case grpcStatus.RESOURCE_EXHAUSTED:
      return 'VIRGA_QUOTA'
    case grpcStatus.FAILED_PRECONDITION:
      return 'VIRGA_WRONG_STATE'
    case grpcStatus.ABORTED:
      return 'VIRGA_CONFLICT'
    case grpcStatus.OUT_OF_RANGE:
      return 'VIRGA_OUT_OF_RANGE'
    case grpcStatus.UNAVAILABLE:
      return 'VIRGA_UNAVAILABLE'
    case grpcStatus.DATA_LOSS:
      return 'VIRGA_DIGEST_MISMATCH'
    case grpcStatus.UNAUTHENTICATED:
      return 'VIRGA_UNAUTHENTICATED'
    default:
      return 'VIRGA_INTERNAL'
  }
}
