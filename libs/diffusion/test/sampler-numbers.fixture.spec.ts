import { describe, expect, it } from 'vitest'
import { numpyNoise, precondition, RHO, sample, SIGMA_DATA, SIGMA_MIN, sigmaSchedule, sizeOf, solverCoefficients } from '../src/index.ts'
import { hasCase, loadCase, maxDifference, missingCase } from './fixture-cases.ts'

interface Numbers {
  schedules: Record<string, number[]>
  coefficients_2ab: Record<string, number[][]>
  rho: number
  sigma_min: number
  scaling: { sigma_data: number; float64: Record<string, number[]> }
  analytic: { x_start: number[]; result_of_solver_plus_clean_step: Record<string, number[]> }
  arch_invariant_noise: { shape: number[]; first_12_row_major_float32: Record<string, number[]> }
}

const name = 'sampler_numbers'

/** Keys are steps<N>_max<sigma>. */
function scheduleOf(key: string): Float64Array {
  const match = /^steps(\d+)_max([\d.]+)$/.exec(key)
  if (match === null) throw new Error(`schedule key ${key}`)
  return sigmaSchedule(Number(match[1]), Number(match[2]))
}

describe.skipIf(!hasCase(name))(`fixture ${name}`, () => {
  const numbers = (hasCase(name) ? loadCase(name).scalars : { schedules: {}, coefficients_2ab: {} }) as unknown as Numbers

  it('states the constants of the schedule and of the preconditioning', () => {
    expect({ rho: numbers.rho, sigmaMin: numbers.sigma_min, sigmaData: numbers.scaling.sigma_data }).toEqual({
      rho: RHO,
      sigmaMin: SIGMA_MIN,
      sigmaData: SIGMA_DATA,
    })
  })

  it.each(Object.keys(numbers.schedules))('schedule %s', (key) => {
    const expected = numbers.schedules[key]
    const actual = scheduleOf(key)
    expect(actual.length).toBe(expected.length)
    expected.forEach((sigma, i) => expect(Math.abs(actual[i] / sigma - 1)).toBeLessThan(1e-12))
  })

  it.each(Object.keys(numbers.coefficients_2ab))('solver coefficients %s', (key) => {
    const actual = solverCoefficients(scheduleOf(key))
    expect(actual.length).toBe(numbers.coefficients_2ab[key].length)
    expect(maxDifference(actual.flat(), numbers.coefficients_2ab[key].flat())).toBeLessThan(1e-11)
  })

  it('preconditioning', () => {
    const rows = Object.entries(numbers.scaling.float64)
    expect(rows.length).toBeGreaterThan(0)
    for (const [sigma, expected] of rows) {
      const p = precondition(Number(sigma))
      expect(maxDifference([p.skip, p.out, p.in, p.noise], expected)).toBeLessThan(1e-14)
    }
  })

  it('the solver on an analytic denoiser, whose predictions are float32', async () => {
    const { x_start: start, result_of_solver_plus_clean_step: results } = numbers.analytic
    for (const [key, expected] of Object.entries(results)) {
      const result = await sample(async (x, s) => x.map((v) => (v * 0.25) / (s * s + 0.25)), Float64Array.from(start), scheduleOf(key))
      expect(maxDifference(result, expected)).toBeLessThan(2e-6 * Math.max(...expected.map(Math.abs)))
    }
  })

  it('noise, bit for bit', () => {
    const { shape, first_12_row_major_float32: streams } = numbers.arch_invariant_noise
    for (const [seed, expected] of Object.entries(streams)) {
      const noise = numpyNoise(Number(seed), sizeOf(shape))
      expect(Array.from(noise.subarray(0, expected.length))).toEqual(expected)
    }
  })
})

if (!hasCase(name)) it.skip(missingCase(name))
