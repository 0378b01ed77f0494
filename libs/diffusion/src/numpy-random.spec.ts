import { describe, expect, it } from 'vitest'
import { numpyNoise, NumpyRandom, sizeOf } from './index.ts'

describe('numpy noise', () => {
  it('gives the reference stream of MT19937', () => {
    // first output of init_genrand(5489), Matsumoto and Nishimura's reference implementation
    expect(new NumpyRandom(5489).uint32()).toBe(3499211612)
  })

  it('fills a 7B clip of 720p row-major like numpy', () => {
    const shape = [1, 16, 16, 88, 160]
    const noise = numpyNoise(1, sizeOf(shape))
    const plane = 88 * 160
    expect(noise[0]).toBe(Math.fround(1.6243453636632417))
    expect(noise[16 * plane]).toBeCloseTo(-0.5472419, 6)
    expect(noise[plane]).toBeCloseTo(-0.3172981, 6)
    expect(noise.at(-1)).toBeCloseTo(-1.2465874, 6)
  })

  it.each([-1, 2 ** 32, 0.5, Number.NaN])('refuses seed %s', (seed) => {
    expect(() => numpyNoise(seed, 1)).toThrow(expect.objectContaining({ code: 'VIRGA_USAGE' }))
  })
})
