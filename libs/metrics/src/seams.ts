import { VirgaError } from '@virga/errors'
import type { TemporalScore } from './temporal.ts'

/**
 * How much more a video changes where its clips meet: the mean step into the first frame of each clip over the mean step elsewhere.
 * 1 where nothing shows; compare with the same score of the truth, which may move more just there.
 *
 * @param firsts index of the first frame that comes from each clip after the first
 * @throws VirgaError VIRGA_OUT_OF_RANGE for a clip that does not begin within the video
 */
export function seamScore({ steps }: Pick<TemporalScore, 'steps'>, firsts: readonly number[]): number {
  for (const first of firsts)
    if (!Number.isInteger(first) || first < 1 || first > steps.length)
      throw new VirgaError('VIRGA_OUT_OF_RANGE', `a clip that begins at frame ${first}`, { expected: `1 to ${steps.length}` })
  const seams = new Set(firsts.map((first) => first - 1))
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  return mean(steps.filter((_, i) => seams.has(i))) / mean(steps.filter((_, i) => !seams.has(i)))
}
