import type { Micros } from './geometry/types.ts'
import type { LidarSweepSource } from './scenario.ts'
import { lowerBound, nearestIndex, upperBound } from './search.ts'

/** The sweeps with a stamp in [timeUs - beforeUs, timeUs + afterUs], in time order; none of them is loaded. */
export function sweepsAround(
  sweeps: readonly LidarSweepSource[],
  timeUs: Micros,
  window: { readonly beforeUs: Micros; readonly afterUs: Micros },
): readonly LidarSweepSource[] {
  const times = sweeps.map((sweep) => sweep.timeUs)
  return sweeps.slice(lowerBound(times, timeUs - window.beforeUs), upperBound(times, timeUs + window.afterUs))
}

/** The sweep whose stamp is nearest to a time, the earlier on a tie; undefined if there is none. */
export function nearestSweep(sweeps: readonly LidarSweepSource[], timeUs: Micros): LidarSweepSource | undefined {
  const index = nearestIndex(
    sweeps.map((sweep) => sweep.timeUs),
    timeUs,
  )
  return index < 0 ? undefined : sweeps[index]
}
