import { VirgaError } from '@virga/errors'

/** @throws VirgaError VIRGA_CANCELLED once the run has been stopped */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new VirgaError('VIRGA_CANCELLED', 'stopped; finished stages are kept')
}
