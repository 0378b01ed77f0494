import { VirgaError } from '@virga/errors'

/** Smallest noise level of the schedule (cosmos-transfer1, res_sampler.py; Karras et al. 2022, table 1). */
export const SIGMA_MIN = 0.002

/** Exponent that bends the schedule towards small noise (Karras et al. 2022, equation 5). */
export const RHO = 7

/**
 * Noise levels from `sigmaMax` down to SIGMA_MIN: sigma_i = (max^(1/7) + i/N (min^(1/7) - max^(1/7)))^7, Karras et al. 2022,
 * equation 5.
 *
 * @param steps N, at least 1
 * @returns N + 1 levels, strictly falling
 * @throws VirgaError VIRGA_USAGE when steps is no positive integer or sigmaMax is not above SIGMA_MIN
 */
export function sigmaSchedule(steps: number, sigmaMax: number): Float64Array {
  if (!Number.isInteger(steps) || steps < 1)
    throw new VirgaError('VIRGA_USAGE', `cannot sample in ${steps} steps`, { field: 'steps', expected: 'an integer of at least 1' })
  if (!(sigmaMax > SIGMA_MIN) || !Number.isFinite(sigmaMax))
    throw new VirgaError('VIRGA_USAGE', `sigmaMax is ${sigmaMax}`, { field: 'sigmaMax', expected: `a number above ${SIGMA_MIN}` })
  const first = sigmaMax ** (1 / RHO)
  const last = SIGMA_MIN ** (1 / RHO)
  return Float64Array.from({ length: steps + 1 }, (_, i) => (first + (i / steps) * (last - first)) ** RHO)
}
