import { VirgaError } from '@virga/errors'

/** Counts of pixels by true and predicted class, summed over frames; plain numbers, so that counts can be kept and added up later. */
export interface Confusion {
  /** counts[truth * classes + predicted] */
  readonly counts: readonly number[]
  readonly classes: number
}

export interface ConfusionMeter {
  /**
   * @param predicted class id per pixel
   * @param truth class id per pixel
   * @param mask counts only pixels where it is above 0; default: all
   */
  push(predicted: ArrayLike<number>, truth: ArrayLike<number>, mask?: ArrayLike<number>): void
  result(): Confusion
}

/** Compares segmentations frame by frame. @param classes ids are 0 to classes - 1 */
export function createConfusionMeter(classes: number): ConfusionMeter {
  const counts = new Array<number>(classes * classes).fill(0)
  return {
    push(predicted, truth, mask) {
      requireSameLength(predicted, truth, mask)
      for (let i = 0; i < truth.length; i++) {
        if (mask !== undefined && mask[i] === 0) continue
        if (predicted[i] >= classes || truth[i] >= classes)
          throw new VirgaError('VIRGA_USAGE', `class ${Math.max(predicted[i], truth[i])}`, { record: i, expected: `0 to ${classes - 1}` })
        counts[truth[i] * classes + predicted[i]]++
      }
    },
    result: () => ({ counts: [...counts], classes }),
  }
}

/** Element-wise sum: the confusion of both sets of pixels together. */
export function addConfusions(all: readonly Confusion[]): Confusion {
  const { classes } = all[0]
  const counts = all[0].counts.map((_, i) => all.reduce((sum, one) => sum + one.counts[i], 0))
  return { counts, classes }
}

/** Intersection over union of one class: hits / (hits + misses + false alarms). NaN where neither side has the class. */
export function classIou({ counts, classes }: Confusion, id: number): number {
  let truth = 0
  let predicted = 0
  for (let other = 0; other < classes; other++) {
    truth += counts[id * classes + other]
    predicted += counts[other * classes + id]
  }
  const hits = counts[id * classes + id]
  return hits / (truth + predicted - hits)
}

/** Mean of `classIou` over the classes that the truth or the prediction has. */
export function meanIou(confusion: Confusion): number {
  const values = Array.from({ length: confusion.classes }, (_, id) => classIou(confusion, id)).filter((value) => !Number.isNaN(value))
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function requireSameLength(...all: readonly (ArrayLike<number> | undefined)[]): void {
  const lengths = new Set(all.filter((one) => one !== undefined).map(({ length }) => length))
  if (lengths.size > 1)
    throw new VirgaError('VIRGA_USAGE', `planes of ${[...lengths].join(' and ')} pixels`, { expected: 'planes of one size' })
}
