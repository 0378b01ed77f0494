import type { RgbImage } from '@virga/scenario'
import { describe, expect, it } from 'vitest'
import {
  addConfusions,
  classIou,
  createConfusionMeter,
  createTemporalMeter,
  f1,
  latentEdgeRatio,
  matchMasks,
  meanIou,
  noMatch,
  seamScore,
  siRmse,
  ssim,
} from './index.ts'

describe('class IoU', () => {
  // Truth: 6 of class 0, 3 of class 1, 1 of class 2. Predicted: one 1 missed, one 0 taken for a 1, the 2 taken for 0.
  const truth = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2]
  const predicted = [0, 0, 0, 0, 0, 1, 1, 1, 0, 0]
  const counted = (mask?: number[]) => {
    const meter = createConfusionMeter(4)
    meter.push(predicted, truth, mask)
    return meter.result()
  }

  it('is hits over union, by hand', () => {
    const confusion = counted()
    expect(classIou(confusion, 0)).toBeCloseTo(5 / 8, 12)
    expect(classIou(confusion, 1)).toBeCloseTo(2 / 4, 12)
    expect(classIou(confusion, 2)).toBe(0)
    expect(classIou(confusion, 3)).toBeNaN()
    expect(meanIou(confusion)).toBeCloseTo((5 / 8 + 2 / 4 + 0) / 3, 12)
  })

  it('counts only what the mask covers, and adds up over parts', () => {
    const first = truth.map((_, i) => (i < 6 ? 1 : 0))
    expect(classIou(counted(first), 0)).toBeCloseTo(5 / 6, 12)
    expect(addConfusions([counted(first), counted(first.map((value) => 1 - value))])).toEqual(counted())
  })

  it('refuses planes of two sizes and classes that there are not', () => {
    expect(() => {
      createConfusionMeter(2).push([0], [0, 1])
    }).toThrow(/one size/)
    expect(() => {
      createConfusionMeter(2).push([0, 3], [0, 1])
    }).toThrow(/class 3/)
  })
})

describe('f1 of masks', () => {
  it('is the harmonic mean of precision and recall', () => {
    // precision 2/4, recall 2/3
    const match = matchMasks(noMatch, [255, 255, 255, 255, 0, 0], [1, 1, 0, 0, 1, 0])
    expect(f1(match)).toBeCloseTo((2 * (2 / 4) * (2 / 3)) / (2 / 4 + 2 / 3), 12)
    expect(f1(matchMasks(match, [1, 0], [1, 0]))).toBeCloseTo(6 / 9, 12)
    expect(f1(matchMasks(noMatch, [1, 1, 0], [0, 1, 1], [0, 1, 0]))).toBe(1)
    expect(f1(noMatch)).toBeNaN()
  })
})

describe('scale-invariant depth error', () => {
  const truth = [1, 2, 4, 8, 0]
  it('does not see a wrong scale', () => {
    expect(
      siRmse(
        truth.map((metres) => Math.log(3 * metres)),
        truth,
      ),
    ).toBeCloseTo(0, 9)
  })
  it('is the deviation of the log ratio over known pixels', () => {
    // ln ratios 1, -1, 1, -1: mean 0, deviation 1
    const off = truth.map((metres, i) => Math.log(metres) + (i % 2 === 0 ? 1 : -1))
    expect(siRmse(off, truth)).toBeCloseTo(1, 12)
    expect(siRmse(off, truth, { mask: [1, 0, 1, 0, 1] })).toBeCloseTo(0, 6)
    expect(siRmse(off, truth, { farthest: 3 })).toBeCloseTo(1, 12)
    expect(siRmse([0], [0])).toBeNaN()
  })
})

const grey = (level: number): RgbImage => ({ width: 4, height: 2, data: new Uint8Array(24).fill(level) })
const scoreOf = (steps: readonly number[]) => {
  const meter = createTemporalMeter()
  let level = 0
  for (const step of [0, ...steps]) meter.push(grey((level += step)))
  return meter.score()
}

describe('seams and latent edges', () => {
  it('are a step over the steps elsewhere', () => {
    const steps = [2, 2, 2, 6, 2, 2, 2, 4, 2, 2]
    expect(seamScore(scoreOf(steps), [4, 8])).toBeCloseTo(5 / 2, 12)
    expect(seamScore(scoreOf(steps.map(() => 3)), [4, 8])).toBe(1)
    expect(() => seamScore(scoreOf(steps), [11])).toThrow(/begins at frame 11/)
    expect(() => seamScore(scoreOf(steps), [0])).toThrow(/begins at frame 0/)
  })

  it('are taken relative to the truth', () => {
    const video = scoreOf([6, 2, 2, 2, 2, 2, 2, 2, 6])
    const truth = scoreOf([4, 2, 2, 2, 2, 2, 2, 2, 4])
    expect(latentEdgeRatio(video, truth)).toBeCloseTo(1.5, 12)
  })
})

describe('masked ssim', () => {
  // Left half equal, right half inverted: windows around the first columns see the equal half alone.
  const [width, height] = [48, 16]
  const at = (i: number, invert: boolean) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)]
    const level = (x * 37 + y * 61) % 200
    return invert && x >= width / 2 ? 255 - level : level
  }
  const image = (invert: boolean): RgbImage => ({
    width,
    height,
    data: Uint8Array.from({ length: width * height * 3 }, (_, i) => at(i, invert)),
  })
  const columns = (from: number, to: number) =>
    Array.from({ length: width * height }, (_, i) => (i % width >= from && i % width < to ? 1 : 0))

  it('counts the windows of the mask alone', () => {
    const [a, b] = [image(false), image(true)]
    expect(ssim(a, b, columns(0, width / 2 - 5))).toBeCloseTo(1, 12)
    expect(ssim(a, b, columns(width / 2 + 5, width))).toBeLessThan(0)
    expect(ssim(a, b, columns(0, width))).toBe(ssim(a, b))
    expect(ssim(a, b, columns(0, 0))).toBeNaN()
    expect(() => ssim(a, b, [1])).toThrow(/mask of 1/)
  })
})
