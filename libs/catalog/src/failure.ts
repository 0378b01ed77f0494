import { type ErrorCode, isVirgaError, type RetryClass, retryClasses } from '@virga/errors'

/** Why something failed, in a form that is stored and sent. */
export interface Failure {
  readonly reason: ErrorCode
  readonly message: string
  /** What is known of the place: file, record, field, expected. */
  readonly metadata: Readonly<Record<string, string>>
}

/** The failure behind any thrown value; what was not foreseen is VIRGA_INTERNAL with its own message, for those who run the system. */
export function failureOf(error: unknown): Failure {
  const reason = isVirgaError(error) ? error.code : 'VIRGA_INTERNAL'
  const message = (error instanceof Error ? error.message : String(error)).slice(0, 4000)
  const place = isVirgaError(error) ? Object.entries(error.place).filter(([, value]) => value !== undefined) : []
  return { reason, message, metadata: Object.fromEntries(place.map(([key, value]) => [key, String(value).slice(0, 1000)])) }
}

/** How retries are spaced. Times in milliseconds. */
export interface RetryPolicy {
  /** Upper bound of the first back-off of a class; each further failure doubles it. */
  readonly firstMs: Readonly<Record<Exclude<RetryClass, 'never'>, number>>
  /** No upper bound grows beyond this. */
  readonly longestMs: number
  /** Failures with which a task of class `once` is given up; those of `soon` and `later` are bounded by the task's own `maxFailures`. */
  readonly onceFailures: number
  /** From 0 up to but not including 1. */
  readonly random: () => number
}

export const defaultRetryPolicy: RetryPolicy = {
  firstMs: { soon: 1000, later: 30_000, once: 1000 },
  longestMs: 600_000,
  onceFailures: 2,
  random: Math.random,
}

/**
 * How long to wait before the next try; undefined: no further try. The wait lies between half of the doubled bound and all of it, so that
 * those who failed together do not come back together.
 *
 * @param failures failures of the task with this one, 1 and above
 */
export function retryDelayMs(failure: Failure, failures: number, maxFailures: number, policy: RetryPolicy): number | undefined {
  const kind = retryClasses[failure.reason]
  if (kind === 'never' || failures >= maxFailures || (kind === 'once' && failures >= policy.onceFailures)) return undefined
  const bound = Math.min(policy.firstMs[kind] * 2 ** Math.min(failures - 1, 30), policy.longestMs)
  return Math.round((bound * (1 + policy.random())) / 2)
}
