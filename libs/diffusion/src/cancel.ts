import { VirgaError } from '@virga/errors'

/** @throws VirgaError VIRGA_CANCELLED when the signal has fired */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new VirgaError('VIRGA_CANCELLED', 'generation was cancelled', {}, { cause: signal.reason })
}
