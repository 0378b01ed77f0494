import { VirgaError } from '@virga/errors'

/** Pixels that two masks have, summed over frames. */
export interface MaskMatch {
  readonly both: number
  readonly predicted: number
  readonly truth: number
}

export const noMatch: MaskMatch = { both: 0, predicted: 0, truth: 0 }

/**
 * Counts pixel by pixel; what is above 0 belongs to the mask.
 *
 * @param soFar counts to add to; `noMatch` at the beginning
 * @param within counts only pixels where it is above 0; default: all
 */
export function matchMasks(
  soFar: MaskMatch,
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  within?: ArrayLike<number>,
): MaskMatch {
  if (predicted.length !== truth.length || (within !== undefined && within.length !== truth.length))
    throw new VirgaError('VIRGA_USAGE', `masks of ${predicted.length} and ${truth.length} pixels`, { expected: 'masks of one size' })
  let [both, ours, theirs] = [0, 0, 0]
  for (let i = 0; i < truth.length; i++) {
    if (within !== undefined && within[i] === 0) continue
    const [a, b] = [predicted[i] > 0, truth[i] > 0]
    if (a) ours++
    if (b) theirs++
    if (a && b) both++
  }
  return { both: soFar.both + both, predicted: soFar.predicted + ours, truth: soFar.truth + theirs }
}

/** 2 P R / (P + R) of precision P and recall R, which is the harmonic 2 both / (predicted + truth). NaN where both masks are empty. */
export function f1({ both, predicted, truth }: MaskMatch): number {
  return (2 * both) / (predicted + truth)
}
