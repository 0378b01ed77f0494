import type { RgbImage } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import { createGuidedFilter } from './guided-filter.ts'
import { createDetailTransfer } from './index.ts'
import { areaMean } from './shrink.ts'

/** Repeatable numbers in 0..1. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
const fill = (length: number, of: (i: number) => number) => Float32Array.from({ length }, (_, i) => of(i))
function picture(width: number, height: number, seed: number): RgbImage {
  const next = random(seed)
  return {
    width,
    height,
    data: Uint8Array.from({ length: width * height * 3 }, (_, i) => 60 + 90 * Math.abs(Math.sin(i / 40 + seed)) + 60 * next()),
  }
}

type Vector = number[]

/** Solves a small linear system by Gauss elimination with pivoting. */
function solve(matrix: number[][], right: Vector): Vector {
  const rows = matrix.map((row, i) => [...row, right[i]])
  for (let i = 0; i < rows.length; i++) {
    const pivot = rows.slice(i).reduce((best, row, j) => (Math.abs(row[i]) > Math.abs(rows[best][i]) ? i + j : best), i)
    ;[rows[i], rows[pivot]] = [rows[pivot], rows[i]]
    for (let j = 0; j < rows.length; j++) {
      if (j === i) continue
      const factor = rows[j][i] / rows[i][i]
      rows[j] = rows[j].map((value, k) => value - factor * rows[i][k])
    }
  }
  return rows.map((row, i) => row[rows.length] / row[i])
}

/**
 * The guided filter straight from its definition: in each window the least squares fit of target on guide with the penalty
 * eps |a|^2, solved by its normal equations; then the mean over all windows that hold the pixel. All in float64, no running sums.
 */
function direct(guide: Float32Array, target: Float32Array, width: number, height: number, radius: number, eps: number): number[][] {
  const windowOf = (x: number, y: number) => {
    const pixels: number[] = []
    for (let v = Math.max(y - radius, 0); v <= Math.min(y + radius, height - 1); v++)
      for (let u = Math.max(x - radius, 0); u <= Math.min(x + radius, width - 1); u++) pixels.push(v * width + u)
    return pixels
  }
  const fits: Vector[] = []
  for (let at = 0; at < width * height; at++) {
    const pixels = windowOf(at % width, Math.floor(at / width))
    const colours = pixels.map((k) => [guide[3 * k], guide[3 * k + 1], guide[3 * k + 2], 1])
    const normal = [0, 1, 2, 3].map((i) =>
      [0, 1, 2, 3].map((j) => colours.reduce((sum, c) => sum + c[i] * c[j], 0) / pixels.length + (i === j && i < 3 ? eps : 0)),
    )
    fits.push(
      [0, 1, 2].flatMap((channel) =>
        solve(
          normal,
          [0, 1, 2, 3].map((i) => colours.reduce((sum, c, n) => sum + c[i] * target[3 * pixels[n] + channel], 0) / pixels.length),
        ),
      ),
    )
  }
  return fits.map((_, at) => {
    const pixels = windowOf(at % width, Math.floor(at / width))
    return fits[0].map((_value, i) => pixels.reduce((sum, k) => sum + fits[k][i], 0) / pixels.length)
  })
}

describe('guided filter', () => {
  it.each([
    [17, 12, 3, 1e-4],
    [9, 14, 20, 1e-2],
    [12, 10, 1, 1e-3],
  ])('of %d x %d, radius %d, eps %d is its definition', (width, height, radius, eps) => {
    const next = random(width)
    const guide = fill(width * height * 3, () => next())
    const target = fill(width * height * 3, (i) => 0.3 * guide[i] - 0.2 * next())
    const filter = createGuidedFilter(width, height, radius, eps)
    // What is left of an earlier call must not show.
    filter(target, guide)
    const got = filter(guide, target)
    direct(guide, target, width, height, radius, eps).forEach((pixel, k) => {
      pixel.forEach((value, i) => {
        // The result is stored in single precision.
        expect(Math.abs(got[12 * k + i] - value)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)))
      })
    })
  })

  it('follows a guide without contrast by its mean alone', () => {
    const flat = (value: number) => fill(48, () => value)
    const coefficients = createGuidedFilter(4, 4, 1, 1e-4)(flat(0.5), flat(0.2))
    coefficients.forEach((value, i) => {
      expect(value).toBeCloseTo(i % 4 === 3 ? 0.2 : 0, 6)
    })
  })
})

describe('areaMean', () => {
  it('is the mean colour, whatever the factor', () => {
    const image = picture(31, 23, 5)
    const mean = (data: ArrayLike<number>) => Array.from(data).reduce((sum, value) => sum + value, 0) / data.length
    for (const [width, height] of [
      [31, 23],
      [8, 5],
      [1, 1],
      [40, 30],
    ])
      expect(mean(areaMean(image, width, height))).toBeCloseTo(mean(image.data) / 255, 5)
    expect(areaMean({ width: 4, height: 1, data: Uint8Array.of(0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 255, 255) }, 2, 1)).toEqual(
      Float32Array.of(0.5, 0, 0, 0, 1, 0.5),
    )
  })
})

describe('detail transfer', () => {
  const [width, height] = [20, 12]
  const zero = new Float32Array(width * height * 3)
  const options = { width, height, radius: 4, eps: 1e-4, frames: 5 }

  it('of no change gives the relit frames, every bit of them, in order', () => {
    const filter = createDetailTransfer(options)
    const relit = Array.from({ length: 8 }, (_, i) => picture(50, 30, i))
    const out = relit.flatMap((frame) => filter.push(picture(50, 30, 99), frame, zero))
    expect(out).toHaveLength(6)
    expect([...out, ...filter.flush()]).toEqual(relit)
  })

  it('puts a change that is affine in the colour onto every pixel of a larger source', () => {
    const filter = createDetailTransfer({ ...options, eps: 1e-9 })
    const source = picture(80, 48, 3)
    const change = (c: ArrayLike<number>, i: number) => [-0.3 * c[i] + 0.1 * c[i + 1], 0.2 * c[i + 2] - 0.05, 0.1 - 0.2 * c[i + 1]]
    const small = areaMean(source, width, height)
    const delta = fill(small.length, (i) => change(small, i - (i % 3))[i % 3])
    filter.push(source, source, delta)
    const [out] = filter.flush()
    const unit = Array.from(source.data, (value) => value / 255)
    out.data.forEach((value, i) => {
      const truth = Math.min(Math.max(255 * (unit[i] + change(unit, i - (i % 3))[i % 3]), 0), 255)
      expect(Math.abs(value - truth)).toBeLessThan(0.52)
    })
  })

  it('averages a single changed frame over its window, and no further', () => {
    const filter = createDetailTransfer(options)
    const grey: RgbImage = { width, height, data: new Uint8Array(width * height * 3).fill(100) }
    const lighter = fill(zero.length, () => 50 / 255)
    const out = Array.from({ length: 11 }, (_, i) => filter.push(grey, grey, i === 5 ? lighter : zero)).flat()
    const levels = [...out, ...filter.flush()].map((frame) => frame.data[0])
    expect(levels).toEqual([100, 100, 100, 110, 110, 110, 110, 110, 100, 100, 100])
  })

  it('has a shorter window at both ends, and starts afresh after flush', () => {
    const filter = createDetailTransfer(options)
    const grey: RgbImage = { width, height, data: new Uint8Array(width * height * 3).fill(100) }
    const lighter = fill(zero.length, () => 60 / 255)
    const once = () => {
      const out = [lighter, zero, zero, zero].flatMap((delta) => filter.push(grey, grey, delta))
      return [...out, ...filter.flush()].map((frame) => frame.data[0])
    }
    expect(once()).toEqual([120, 115, 115, 100])
    expect(once()).toEqual([120, 115, 115, 100])
  })

  it('refuses what does not fit', () => {
    const filter = createDetailTransfer(options)
    const frame = picture(50, 30, 1)
    expect(() => filter.push(frame, picture(30, 50, 1), zero)).toThrow(/same size/)
    expect(() => filter.push(frame, frame, zero.subarray(3))).toThrow(/20 x 12 x 3/)
    expect(() =>
      filter.push(
        frame,
        frame,
        fill(zero.length, () => NaN),
      ),
    ).toThrow(/not finite/)
    expect(() => createDetailTransfer({ ...options, frames: 4 })).toThrow(/odd number/)
    expect(() => createDetailTransfer({ ...options, eps: 0 })).toThrow(/eps/)
  })
})
