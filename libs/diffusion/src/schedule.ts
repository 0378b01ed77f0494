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

/** How noise levels are walked down: 2ab makes N + 1 evaluations for N steps, euler N. */
export const solvers = ['2ab', 'euler'] as const
export type Solver = (typeof solvers)[number]

export interface NoiseLevelsRequest {
  readonly steps: number
  readonly sigmaMax: number
  readonly solver: Solver
  /** Above 0 to 1, default 1: where on the schedule to begin. */
  readonly strength?: number
}

/**
 * The noise levels at which the network is evaluated.
 *
 * - One step, either solver: the level to begin at alone.
 * - 2ab, N steps: the N + 1 levels of the schedule; the last evaluation is the clean one.
 * - euler, N steps: the first N of them, so that no evaluation is spent on almost clean data (for few-step networks).
 *
 * @throws VirgaError VIRGA_USAGE as `sigmaSchedule` and `strengthSigma`
 */
export function noiseLevels({ steps, sigmaMax, solver, strength = 1 }: NoiseLevelsRequest): Float64Array {
  const levels = sigmaSchedule(steps, strength === 1 ? sigmaMax : strengthSigma(strength, sigmaMax))
  if (steps === 1) return levels.slice(0, 1)
  return solver === 'euler' ? levels.slice(0, steps) : levels
}

/**
 * The noise level of partial noise: as far along the schedule, which is even in sigma^(1/7), as `strength` says. 1 is sigmaMax; just above 0 is
 * SIGMA_MIN, where nothing of what is begun from is lost.
 *
 * @throws VirgaError VIRGA_USAGE when strength is not above 0 and at most 1
 */
export function strengthSigma(strength: number, sigmaMax: number): number {
  if (!(strength > 0) || strength > 1)
    throw new VirgaError('VIRGA_USAGE', `strength is ${strength}`, { field: 'strength', expected: 'a number above 0 and at most 1' })
  const [first, last] = [sigmaMax ** (1 / RHO), SIGMA_MIN ** (1 / RHO)]
  return (last + strength * (first - last)) ** RHO
}
