import { isVirgaError, VirgaError } from '@virga/errors'
import { throwIfCancelled } from './cancel.ts'
import type { Solver } from './schedule.ts'
import { findNotFinite } from './tensor.ts'

/** A guided prediction of the clean data for a noisy state. */
export type Denoise = (x: Float32Array, sigma: number) => Promise<Float32Array>

/** What is known after each evaluation of the denoiser. */
export interface SampleStep {
  /** 0-based number of the evaluation. */
  readonly step: number
  /** How many evaluations there will be: one per noise level, the last one's prediction being the result. */
  readonly steps: number
  readonly sigma: number
  /** The state that was evaluated. Valid during the call only. */
  readonly x: Float64Array
  /** The prediction of the clean data. Valid during the call only. */
  readonly x0: Float32Array
}

export interface SampleOptions {
  /** Default: 2ab. */
  readonly solver?: Solver
  readonly onStep?: (step: SampleStep) => void
  readonly signal?: AbortSignal
}

/** Factors of (x_i, D_i, D_(i-1)) in one step; they sum to 1. */
export type StepCoefficients = readonly [state: number, current: number, previous: number]

const phi1 = (z: number): number => Math.expm1(z) / z
const phi2 = (z: number): number => (phi1(z) - 1) / z

/**
 * Coefficients of the second-order multistep exponential integrator ("2ab"; Zhang et al. 2023, "Improved order analysis and design of
 * exponential integrator for diffusion models", in the form of cosmos-transfer1, multi_step.py). The first step is Euler's; with solver
 * 'euler' every step is (Karras et al. 2022, algorithm 1 without churn and correction).
 *
 * @returns one row per step, sigmas.length - 1 rows
 */
export function solverCoefficients(sigmas: Float64Array | readonly number[], solver: Solver = '2ab'): StepCoefficients[] {
  return Array.from({ length: sigmas.length - 1 }, (_, i) => {
    const s = sigmas[i]
    const t = sigmas[i + 1]
    if (i === 0 || solver === 'euler') return [t / s, (s - t) / s, 0]
    const dt = Math.log(s / t)
    const ratio = Math.log(s / sigmas[i - 1]) / dt
    const previous = phi2(-dt) / ratio
    const current = phi1(-dt) - previous
    return [t / s, dt * current, dt * previous]
  })
}

/**
 * Integrates from noise to data: one step per interval of `sigmas` in float64, then one evaluation at the last sigma, whose prediction (not the
 * state) is the result. The signal is looked at before each evaluation.
 *
 * @param start state at sigmas[0]; not changed
 * @returns the prediction of the clean data
 * @throws VirgaError VIRGA_NOT_FINITE naming the evaluation when the denoiser gives NaN or infinity, or says so itself; VIRGA_CANCELLED when the signal fires
 */
export async function sample(
  denoise: Denoise,
  start: Float32Array | Float64Array,
  sigmas: Float64Array | readonly number[],
  options: SampleOptions = {},
): Promise<Float32Array> {
  const coefficients = solverCoefficients(sigmas, options.solver)
  const x = Float64Array.from(start)
  let previous: Float32Array | undefined
  for (let i = 0; i < sigmas.length; i++) {
    throwIfCancelled(options.signal)
    const sigma = sigmas[i]
    const x0 = await denoise(Float32Array.from(x), sigma).catch((error: unknown) => {
      throw atEvaluation(error, i, sigmas.length, sigma)
    })
    checkPrediction(x0, x.length, i, sigmas.length, sigma)
    options.onStep?.({ step: i, steps: sigmas.length, sigma, x, x0 })
    const factors = coefficients[i]
    if (factors === undefined) return x0
    advance(x, x0, previous, factors)
    previous = x0
  }
  throw new VirgaError('VIRGA_INTERNAL', 'sampling without noise levels')
}

function advance(x: Float64Array, current: Float32Array, previous: Float32Array | undefined, [a, b, c]: StepCoefficients): void {
  if (previous === undefined) for (let k = 0; k < x.length; k++) x[k] = a * x[k] + b * current[k]
  else for (let k = 0; k < x.length; k++) x[k] = a * x[k] + b * current[k] + c * previous[k]
}

/** An error of a part of the network that gave NaN, with the evaluation at which it did. */
function atEvaluation(error: unknown, step: number, steps: number, sigma: number): unknown {
  if (!isVirgaError(error) || error.code !== 'VIRGA_NOT_FINITE') return error
  const { message, place, code } = error
  return new VirgaError(code, `at evaluation ${step + 1} of ${steps} (sigma ${sigma}) ${message}`, place, { cause: error })
}

function checkPrediction(x0: Float32Array, length: number, step: number, steps: number, sigma: number): void {
  if (x0.length !== length) throw new VirgaError('VIRGA_INTERNAL', `the denoiser gave ${x0.length} numbers for a state of ${length}`)
  const bad = findNotFinite(x0)
  if (bad !== -1)
    throw new VirgaError('VIRGA_NOT_FINITE', `the network gave ${x0[bad]} at evaluation ${step + 1} of ${steps} (sigma ${sigma})`, {
      record: `element ${bad}`,
      expected: 'finite numbers',
    })
}
