import { VirgaError } from '@virga/errors'

const N = 624
const M = 397

/**
 * Mersenne Twister MT19937 with 53-bit doubles and the polar Gauss method, as numpy.random.RandomState uses them (Matsumoto and Nishimura 1998;
 * Marsaglia's polar method; the stream is frozen by numpy's NEP 19). The same numbers on every machine: it needs integer arithmetic,
 * Math.log and Math.sqrt alone.
 */
export class NumpyRandom {
  readonly #state = new Uint32Array(N)
  #position = N
  #spare: number | undefined

  /** @throws VirgaError VIRGA_USAGE when the seed is no integer of 0 to 2^32 - 1 */
  constructor(seed: number) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
      throw new VirgaError('VIRGA_USAGE', `the seed is ${seed}`, { field: 'seed', expected: 'an integer of 0 to 4294967295' })
    this.#state[0] = seed
    for (let i = 1; i < N; i++) {
      const previous = this.#state[i - 1]
      this.#state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i
    }
  }

  /** Uniform integer of 0 to 2^32 - 1. */
  uint32(): number {
    if (this.#position === N) this.#refill()
    let y = this.#state[this.#position++]
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    y ^= y >>> 18
    return y >>> 0
  }

  /** Uniform double of [0, 1) with 53 random bits. */
  uniform(): number {
    const high = this.uint32() >>> 5
    const low = this.uint32() >>> 6
    return (high * 67108864 + low) / 9007199254740992
  }

  /** Standard normal double. */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare
      this.#spare = undefined
      return spare
    }
    for (;;) {
      const a = 2 * this.uniform() - 1
      const b = 2 * this.uniform() - 1
      const square = a * a + b * b
      if (square >= 1 || square === 0) continue
      const factor = Math.sqrt((-2 * Math.log(square)) / square)
      this.#spare = factor * a
      return factor * b
    }
  }

  #refill(): void {
    const state = this.#state
    for (let i = 0; i < N; i++) {
      const y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff)
      state[i] = state[(i + M) % N] ^ (y >>> 1) ^ ((y & 1) === 0 ? 0 : 0x9908b0df)
    }
    this.#position = 0
  }
}

/**
 * n standard normal numbers, equal to numpy.random.RandomState(seed).standard_normal(n).astype(float32): the noise that clips start from.
 * A tensor is filled row-major.
 */
export function numpyNoise(seed: number, n: number): Float32Array {
  const random = new NumpyRandom(seed)
  const result = new Float32Array(n)
  for (let i = 0; i < n; i++) result[i] = random.normal()
  return result
}
