import { setTimeout as sleep } from 'node:timers/promises'
import { errorFromStatus, grpcStatus, statusDetailsKey } from '@virga/contracts'
import { isVirgaError, VirgaError } from '@virga/errors'
import { Metadata, type ServiceError } from '@grpc/grpc-js'

/** How calls that a server could not take are tried again. */
export interface RetryPolicy {
  /** How long to go on from the first failure, milliseconds; 0: not at all. Default 60 s. */
  readonly forMs: number
  /** Told before each wait. */
  readonly onRetry?: (error: VirgaError, waitMs: number) => void
}

const firstWaitMs = 200
const longestWaitMs = 5_000

/** A failed call that the same call may mend: the server was not there, or said when to come again. */
export class CallError extends VirgaError {
  /** At least so long must be waited, milliseconds; undefined: trying again does not help. */
  readonly retryAfterMs: number | undefined

  constructor(error: VirgaError, message: string, retryAfterMs: number | undefined) {
    super(error.code, message, error.place)
    this.message = message // it names the place already
    this.retryAfterMs = retryAfterMs
  }
}

/** What a call threw, as a VirgaError. `server` is named where the failure is not the server's own word. */
export function callError(thrown: unknown, server: string): VirgaError {
  if (isVirgaError(thrown)) return thrown
  if (!isServiceError(thrown)) {
    return new VirgaError('VIRGA_INTERNAL', thrown instanceof Error ? thrown.message : String(thrown), { file: server }, { cause: thrown })
  }
  const [binary] = thrown.metadata instanceof Metadata ? thrown.metadata.get(statusDetailsKey) : []
  const status: number = thrown.code
  if (binary instanceof Uint8Array) {
    const { error, retryAfterMs } = errorFromStatus(status, thrown.details, binary)
    return new CallError(error, error.message, status === grpcStatus.UNAVAILABLE ? retryAfterMs : undefined)
  }
  // Without the server's own word. A stream that nobody here cancelled was reset by a server that ends.
  const isGone = status === grpcStatus.UNAVAILABLE || status === grpcStatus.CANCELLED
  const { error } = errorFromStatus(isGone ? grpcStatus.UNAVAILABLE : status, thrown.details)
  return new CallError(error, `${server}: ${thrown.details}`, isGone ? 0 : undefined)
}

/** Waits between tries, longer and longer and with a jitter, until the time is up. One for each call. */
export class Retries {
  readonly #policy: RetryPolicy
  #since: number | undefined
  #waitMs = firstWaitMs

  constructor(policy: RetryPolicy) {
    this.#policy = policy
  }

  /** Something came: the next failure begins anew. */
  succeeded(): void {
    this.#since = undefined
    this.#waitMs = firstWaitMs
  }

  /** @throws the error itself when trying again does not help or has taken too long; VIRGA_CANCELLED when the signal fires meanwhile */
  async afterFailure(error: VirgaError, signal?: AbortSignal): Promise<void> {
    if (!(error instanceof CallError) || error.retryAfterMs === undefined) throw error
    const now = performance.now()
    this.#since ??= now
    const waitMs = Math.max(error.retryAfterMs, this.#waitMs * (0.5 + Math.random() / 2))
    if (now + waitMs - this.#since > this.#policy.forMs) throw error
    this.#waitMs = Math.min(this.#waitMs * 2, longestWaitMs)
    this.#policy.onRetry?.(error, waitMs)
    try {
      await sleep(waitMs, undefined, { signal })
    } catch {
      throw cancelled()
    }
  }
}

/** What an aborted call rejects with. */
export const cancelled = (): VirgaError => new VirgaError('VIRGA_CANCELLED', 'the call was cancelled')

function isServiceError(thrown: unknown): thrown is ServiceError {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'number' && 'details' in thrown
}
