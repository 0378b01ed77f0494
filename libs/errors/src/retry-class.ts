import type { ErrorCode } from './codes.ts'
import { isVirgaError } from './virga-error.ts'

/**
 * What doing the same again can do:
 *
 * - `never`: the same input fails the same way;
 * - `soon`: what was lost or busy is back within seconds;
 * - `later`: somebody has to make room or mend something, which takes minutes;
 * - `once`: most likely a defect, but one more try shows whether it was the machine.
 */
export type RetryClass = 'never' | 'soon' | 'later' | 'once'

/** The class of each code. */
export const retryClasses: Readonly<Record<ErrorCode, RetryClass>> = {
  VIRGA_USAGE: 'never',
  VIRGA_UNKNOWN_NAME: 'never',
  VIRGA_BAD_INPUT: 'never',
  VIRGA_UNKNOWN_FORMAT: 'never',
  VIRGA_OUT_OF_RANGE: 'never',
  VIRGA_DIGEST_MISMATCH: 'once',
  VIRGA_BAD_BUNDLE: 'never',
  VIRGA_MISSING_DEPENDENCY: 'later',
  VIRGA_CANNOT_WRITE: 'later',
  VIRGA_DISK_FULL: 'later',
  VIRGA_NOT_FINITE: 'never',
  VIRGA_VIDEO: 'once',
  VIRGA_DEVICE: 'soon',
  VIRGA_CANCELLED: 'never',
  VIRGA_NOT_FOUND: 'never',
  VIRGA_ALREADY_EXISTS: 'never',
  VIRGA_CONFLICT: 'soon',
  VIRGA_WRONG_STATE: 'never',
  VIRGA_TOO_LARGE: 'never',
  VIRGA_QUOTA: 'later',
  VIRGA_DEADLINE: 'never',
  VIRGA_UNAUTHENTICATED: 'never',
  VIRGA_FORBIDDEN: 'never',
  VIRGA_FUTURE_VERSION: 'never',
  VIRGA_STALE_LEASE: 'never',
  VIRGA_UNAVAILABLE: 'soon',
  VIRGA_INTERNAL: 'once',
}

/** The class of any thrown value; what was not foreseen is tried once more. */
export function retryClassOf(error: unknown): RetryClass {
  return isVirgaError(error) ? retryClasses[error.code] : 'once'
}
