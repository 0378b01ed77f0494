import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { createTemporalMeter, flickerRatio, psnr, ssim } from './index.ts'

/** Numbers of scikit-image; made by test/make_reference.py. */
interface Reference {
  readonly cases: { width: number; height: number; seed: number; strength: number; psnr: number; ssim: number }[]
}
const reference = JSON.parse(readFileSync(join(import.meta.dirname, '../test/reference.json'), 'utf8')) as Reference

function noise(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 24
  }
}

/** The same pictures as `pair` of make_reference.py. */
function pair(width: number, height: number, seed: number, strength: number): [RgbImage, RgbImage] {
  const [first, second] = [noise(seed), noise(seed + 1)]
  const a = new Uint8Array(width * height * 3)
  const b = new Uint8Array(a.length)
  for (let i = 0; i < a.length; i++) {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / (3 * width))]
    a[i] = ((x * 3 + y * 2 + c * 40) % 160) + Math.floor(first() / 8)
    b[i] = Math.min(Math.max(a[i] + Math.floor(((second() - 128) * strength) / 100) - 10, 0), 255)
  }
  return [
    { width, height, data: a },
    { width, height, data: b },
  ]
}

const grey = (level: number): RgbImage => ({ width: 4, height: 2, data: new Uint8Array(24).fill(level) })

describe('psnr and ssim', () => {
  it.each(reference.cases)(
    'of $width x $height, noise $strength % are those of scikit-image',
    ({ width, height, seed, strength, ...truth }) => {
      const [a, b] = pair(width, height, seed, strength)
      expect(Math.abs(psnr(a, b) - truth.psnr)).toBeLessThan(1e-9)
      expect(Math.abs(ssim(a, b) - truth.ssim)).toBeLessThan(1e-9)
      expect(ssim(b, a)).toBeCloseTo(truth.ssim, 9)
    },
  )

  it('of equal images are infinite and 1', () => {
    const [a] = pair(30, 20, 2, 0)
    expect(psnr(a, a)).toBe(Infinity)
    expect(ssim(a, a)).toBe(1)
  })

  it('refuse images of different or too small size', () => {
    const [a] = pair(30, 20, 2, 0)
    const [b] = pair(20, 30, 2, 0)
    expect(() => psnr(a, b)).toThrow(/same size/)
    expect(() => ssim(grey(1), grey(1))).toThrow(/at least 11 pixels/)
  })
})

describe('temporal meter', () => {
  const meter = (levels: number[]) => {
    const made = createTemporalMeter()
    for (const level of levels) made.push(grey(level))
    return made.score()
  }

  it('sees the steps between latents', () => {
    // Level rises by 2 within a latent and by 6 from one latent to the next: frame 0 | 1..8 | 9..16 | 17.
    const levels = [0]
    for (let frame = 1; frame <= 17; frame++) levels.push(levels[frame - 1] + ((frame - 1) % 8 === 0 ? 6 : 2))
    const score = meter(levels)
    expect(score.latentEdgeJump).toBe(3)
    expect(score.flicker).toBeCloseTo((3 * 6 + 14 * 2) / 17, 12)
    expect(score.steps).toHaveLength(17)
  })

  it('is 1 for even change, whose flicker is its step', () => {
    const score = meter(Array.from({ length: 20 }, (_, i) => 3 * i))
    expect(score.latentEdgeJump).toBe(1)
    expect(flickerRatio(score, meter(Array.from({ length: 20 }, (_, i) => 6 * i)))).toBe(0.5)
  })

  it('has no number for one frame, and refuses a change of size', () => {
    expect(meter([5]).flicker).toBeNaN()
    const made = createTemporalMeter()
    made.push(grey(1))
    expect(() => {
      made.push({ width: 2, height: 2, data: new Uint8Array(12) })
    }).toThrow(/same size/)
  })
})
