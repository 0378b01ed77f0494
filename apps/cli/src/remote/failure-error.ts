import type { Failure } from '@virga/contracts'
import { type ErrorCode, errorCodes, VirgaError } from '@virga/errors'

/** A failure that the server keeps of a resource, as an error here. Its message names the place already. */
export function failureError(failure: Failure | undefined, what: string): VirgaError {
  if (failure === undefined) return new VirgaError('VIRGA_INTERNAL', `${what}: no reason is known`)
  return new VirgaError(isCode(failure.reason) ? failure.reason : 'VIRGA_INTERNAL', `${what}: ${failure.message}`)
}

const isCode = (text: string): text is ErrorCode => Object.hasOwn(errorCodes, text)
