import { describe, expect, it } from 'vitest'
import { VirgaError } from '@virga/errors'
import { type Denoise, noiseLevels, sample, SIGMA_MIN, sigmaSchedule, solverCoefficients, strengthSigma } from './index.ts'

/** Data drawn from a normal distribution of deviation 0.5: the best prediction is linear, and the exact path is known. */
const gaussian: Denoise = async (x, s) => x.map((v) => (v * 0.25) / (s * s + 0.25))

/** The same recursion in float64 throughout, without the final evaluation. */
function integrate(sigmas: Float64Array, start: number): number {
  let x = start
  let previous = 0
  solverCoefficients(sigmas).forEach(([a, b, c], i) => {
    const s = sigmas[i]
    const current = (x * 0.25) / (s * s + 0.25)
    x = a * x + b * current + c * previous
    previous = current
  })
  return x
}

describe('2ab solver', () => {
  it('has coefficients that sum to 1, so that a constant prediction is a fixed point', () => {
    for (const row of solverCoefficients(sigmaSchedule(20, 80))) expect(row[0] + row[1] + row[2]).toBeCloseTo(1, 12)
  })

  it('converges at second order to the exact solution x(t) = x(s) sqrt((t^2 + 1/4) / (s^2 + 1/4))', () => {
    const exact = Math.sqrt((0.002 ** 2 + 0.25) / (80 ** 2 + 0.25)) * 80
    const error = (steps: number): number => Math.abs(integrate(sigmaSchedule(steps, 80), 80) - exact)
    const order = Math.log2(error(200) / error(400))
    expect(order).toBeGreaterThan(1.8)
    expect(order).toBeLessThan(2.2)
  })

  it('makes steps + 1 evaluations, gives the last prediction, and leaves the start alone', async () => {
    const sigmas = sigmaSchedule(4, 80)
    const start = Float32Array.of(80, -40)
    const seen: number[] = []
    const states: number[][] = []
    const result = await sample(gaussian, start, sigmas, {
      onStep: ({ step, steps, sigma, x }) => {
        seen.push(step, steps, sigma)
        states.push(Array.from(x))
      },
    })
    expect(seen).toEqual([...sigmas].flatMap((sigma, step) => [step, 5, sigma]))
    expect(Array.from(start)).toEqual([80, -40])
    const last = states.at(-1)!
    expect(Array.from(result)).toEqual(Array.from(await gaussian(Float32Array.from(last), sigmas[4])))
  })

  it('says at which evaluation the network gave NaN', async () => {
    let calls = 0
    const breaks: Denoise = async (x) => (++calls === 3 ? x.map(() => Number.NaN) : x)
    await expect(sample(breaks, Float32Array.of(1, 2), sigmaSchedule(4, 80))).rejects.toThrow(
      expect.objectContaining({ code: 'VIRGA_NOT_FINITE', message: expect.stringContaining('evaluation 3 of 5') as string }),
    )
  })

  it('names the evaluation in an error of a part of the network', async () => {
    const breaks: Denoise = async () => {
      throw new VirgaError('VIRGA_NOT_FINITE', 'control vis gave NaN for block 1', { record: 'element 3' })
    }
    await expect(sample(breaks, Float32Array.of(1), sigmaSchedule(4, 80))).rejects.toMatchObject({
      message: expect.stringMatching(/^at evaluation 1 of 5 \(sigma 80\) control vis gave NaN/) as string,
      place: { record: 'element 3' },
    })
  })

  it('stops between evaluations when the signal fires', async () => {
    const controller = new AbortController()
    let calls = 0
    const denoise: Denoise = async (x) => {
      if (++calls === 2) controller.abort()
      return x
    }
    const run = sample(denoise, Float32Array.of(1), sigmaSchedule(8, 80), { signal: controller.signal })
    await expect(run).rejects.toThrow(expect.objectContaining({ code: 'VIRGA_CANCELLED' }))
    expect(calls).toBe(2)
  })
})

describe('euler', () => {
  it('walks x <- x0 + (t/s) (x - x0) and gives the prediction at its last level', async () => {
    const sigmas = noiseLevels({ steps: 3, sigmaMax: 80, solver: 'euler' })
    expect(Array.from(sigmas)).toEqual(Array.from(sigmaSchedule(3, 80)).slice(0, 3))
    let x = 80
    let x0 = 0
    sigmas.forEach((s, i) => {
      if (i > 0) x = x0 + (s / sigmas[i - 1]) * (x - x0)
      x0 = (x * 0.25) / (s * s + 0.25)
    })
    const [result] = await sample(gaussian, Float32Array.of(80), sigmas, { solver: 'euler' })
    expect(result).toBeCloseTo(x0, 5)
  })

  it('converges at first order', () => {
    const exact = Math.sqrt((0.002 ** 2 + 0.25) / (80 ** 2 + 0.25)) * 80
    const error = (steps: number): number => {
      const sigmas = sigmaSchedule(steps, 80)
      let x = 80
      solverCoefficients(sigmas, 'euler').forEach(([a, b], i) => (x = a * x + b * ((x * 0.25) / (sigmas[i] ** 2 + 0.25))))
      return Math.abs(x - exact)
    }
    const order = Math.log2(error(400) / error(800))
    expect(order).toBeGreaterThan(0.9)
    expect(order).toBeLessThan(1.1)
  })
})

describe('noise levels', () => {
  it('begin where strength says: sigmaMax, half-way along sigma^(1/7), almost nothing', () => {
    expect(strengthSigma(1, 80)).toBeCloseTo(80, 9)
    expect(strengthSigma(0.5, 80) ** (1 / 7)).toBeCloseTo((80 ** (1 / 7) + SIGMA_MIN ** (1 / 7)) / 2, 12)
    expect(strengthSigma(1e-9, 80)).toBeCloseTo(SIGMA_MIN, 6)
    expect(noiseLevels({ steps: 4, sigmaMax: 80, solver: '2ab', strength: 0.5 })[0]).toBeCloseTo(strengthSigma(0.5, 80), 12)
    for (const strength of [0, -1, 1.1, Number.NaN])
      expect(() => strengthSigma(strength, 80)).toThrow(expect.objectContaining({ code: 'VIRGA_USAGE' }))
  })
})

describe('schedule', () => {
  it.each([
    [0, 80],
    [1.5, 80],
    [4, 0.001],
    [4, Number.NaN],
  ])('refuses %s steps from sigma %s', (steps, sigmaMax) => {
    expect(() => sigmaSchedule(steps, sigmaMax)).toThrow(expect.objectContaining({ code: 'VIRGA_USAGE' }))
  })
})
