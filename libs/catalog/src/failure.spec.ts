import { errorCodes, type ErrorCode, retryClasses, VirgaError } from '@virga/errors'
import { describe, expect, it } from 'vitest'
import { defaultRetryPolicy, failureOf, retryDelayMs } from './failure.ts'

const failure = (reason: ErrorCode) => ({ reason, message: 'x', metadata: {} })

describe('retry policy', () => {
  it('never retries what fails the same way again, and bounds every other code', () => {
    for (const code of Object.keys(errorCodes) as ErrorCode[]) {
      const first = retryDelayMs(failure(code), 1, 5, defaultRetryPolicy)
      expect(first === undefined).toBe(retryClasses[code] === 'never')
      expect(retryDelayMs(failure(code), 5, 5, defaultRetryPolicy)).toBeUndefined()
    }
    expect(retryDelayMs(failure('VIRGA_INTERNAL'), 2, 100, defaultRetryPolicy)).toBeUndefined()
  })

  it('doubles up to a limit, with jitter between half and all of it', () => {
    const at = (random: number, failures: number) =>
      retryDelayMs(failure('VIRGA_UNAVAILABLE'), failures, 100, { ...defaultRetryPolicy, random: () => random })
    expect([1, 2, 3, 4].map((n) => at(1, n))).toEqual([1000, 2000, 4000, 8000])
    expect([1, 2, 3, 4].map((n) => at(0, n))).toEqual([500, 1000, 2000, 4000])
    expect(at(1, 99)).toBe(600_000)
  })

  it('keeps the place of an error, and any thrown value has a reason', () => {
    expect(failureOf(new VirgaError('VIRGA_BAD_INPUT', 'no', { file: 'a', record: 3 }))).toEqual({
      reason: 'VIRGA_BAD_INPUT',
      message: 'no (file a, record 3)',
      metadata: { file: 'a', record: '3' },
    })
    expect(failureOf('text')).toEqual({ reason: 'VIRGA_INTERNAL', message: 'text', metadata: {} })
  })
})
