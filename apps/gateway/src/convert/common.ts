import type { Failure as StoredFailure } from '@virga/catalog'
import { type Blob, BlobSchema, create, type Failure, FailureSchema, Priority } from '@virga/contracts'
import { retryClasses } from '@virga/errors'

export function blobMessage({ sha256, size }: { readonly sha256: string; readonly size: number }): Blob {
  return create(BlobSchema, { sha256, sizeBytes: BigInt(size) })
}

export function failureMessage({ reason, message, metadata }: StoredFailure): Failure {
  return create(FailureSchema, { reason, message, metadata: { ...metadata }, retryable: retryClasses[reason] !== 'never' })
}

export const priorityMessage = { bulk: Priority.BULK, normal: Priority.NORMAL, interactive: Priority.INTERACTIVE } as const

/** @returns undefined where the caller left it open */
export function priorityOf(priority: Priority): 'bulk' | 'normal' | 'interactive' | undefined {
  switch (priority) {
    case Priority.BULK:
      return 'bulk'
    case Priority.NORMAL:
      return 'normal'
    case Priority.INTERACTIVE:
      return 'interactive'
    default:
      return undefined
  }
}
