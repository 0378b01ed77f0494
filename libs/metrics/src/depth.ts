import { VirgaError } from '@virga/errors'

/**
 * Scale-invariant error of a depth picture (Eigen, Puhrsch and Fergus 2014, with the full variance term): the standard deviation of
 * ln predicted - ln true, so that a wrong overall scale costs nothing.
 *
 * @param logPredicted ln of depth, any unit
 * @param truth metres; pixels at 0 or below, or beyond `farthest`, are not counted
 * @param options.mask counts only pixels where it is above 0
 * @returns NaN where no pixel counts
 */
export function siRmse(
  logPredicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  options: { readonly mask?: ArrayLike<number>; readonly farthest?: number } = {},
): number {
  const { mask, farthest = Infinity } = options
  if (logPredicted.length !== truth.length || (mask !== undefined && mask.length !== truth.length))
    throw new VirgaError('VIRGA_USAGE', `depths of ${logPredicted.length} and ${truth.length} pixels`, { expected: 'depths of one size' })
  let [count, sum, squares] = [0, 0, 0]
  for (let i = 0; i < truth.length; i++) {
    if (!(truth[i] > 0) || truth[i] > farthest || (mask !== undefined && mask[i] === 0)) continue
    const difference = logPredicted[i] - Math.log(truth[i])
    count++
    sum += difference
    squares += difference * difference
  }
  return Math.sqrt(Math.max(squares / count - (sum / count) ** 2, 0))
}
