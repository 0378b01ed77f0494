import { type ErrorCode, errorCodes } from './codes.ts'

/** Where bad input was found; every part that is known is named in the message. */
export interface ErrorPlace {
  /** Path or URI of the file. */
  readonly file?: string
  /** Row, frame, member or label within the file. */
  readonly record?: string | number
  /** Column, field or key. */
  readonly field?: string
  /** What would have been right. */
  readonly expected?: string
}

/** An error that a user can act on: a code from the closed list, a message, and the place in the input where it arose. */
export class VirgaError extends Error {
  override readonly name = 'VirgaError'
  readonly code: ErrorCode
  readonly place: ErrorPlace

  constructor(code: ErrorCode, message: string, place: ErrorPlace = {}, options: { cause?: unknown } = {}) {
    super(describe(message, place), options)
    this.code = code
    this.place = place
  }
}

export function isVirgaError(error: unknown): error is VirgaError {
  return error instanceof VirgaError
}

/** The CLI exit code for any thrown value: that of its code, 5 for what was not foreseen. */
export function exitCodeOf(error: unknown): number {
  return isVirgaError(error) ? errorCodes[error.code] : 5
}

function describe(message: string, place: ErrorPlace): string {
  const parts = [
    place.file === undefined ? '' : `file ${place.file}`,
    place.record === undefined ? '' : `record ${place.record}`,
    place.field === undefined ? '' : `field ${place.field}`,
  ].filter((part) => part !== '')
  const where = parts.length === 0 ? '' : ` (${parts.join(', ')})`
  const expected = place.expected === undefined ? '' : `; expected ${place.expected}`
  return `${message}${where}${expected}`
}
