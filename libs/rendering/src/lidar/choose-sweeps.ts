import { type LidarSweepSource, type Micros, nearestIndex, type Scenario } from '@virga/scenario'
import type { PointDescription } from './description.ts'

export interface ChosenSweep {
  /** Index in the scenario's sweeps. */
  readonly index: number
  /** How often it counts: at the log's ends the sweeps that are not there are replaced by the last that is, as upstream does. */
  readonly times: number
}

type Rules = Pick<PointDescription, 'sweepsEachSide' | 'farthestSweepUs'>
type Drive = Pick<Scenario, 'sweeps' | 'startUs' | 'endUs'>

/**
 * The sweeps drawn at a time: the nearest and some to each side. Cosmos-Drive-Dreams takes frames -6, -3, 0, 3, 6 of a 30 Hz clip, rounds
 * them to the 10 Hz sweeps and clamps them to the rendered frames; this is the same for sweeps of any rate. Sweeps outside the ego
 * poses have no place in the world and are not drawn.
 */
export function chooseSweeps({ sweeps, startUs, endUs }: Drive, timeUs: Micros, rules: Rules): ChosenSweep[] {
  const first = sweeps.findIndex((sweep) => sweep.timeUs >= startUs)
  const last = sweeps.findLastIndex((sweep) => sweep.timeUs <= endUs)
  if (first < 0 || last < first) return []
  const nearest = gridIndex(sweeps, first, last, timeUs)
  const times = new Map<number, number>()
  for (let index = nearest - rules.sweepsEachSide; index <= nearest + rules.sweepsEachSide; index += 1) {
    const there = Math.min(Math.max(index, first), last)
    if (Math.abs(sweeps[there].timeUs - timeUs) <= rules.farthestSweepUs) times.set(there, (times.get(there) ?? 0) + 1)
  }
  return [...times].map(([index, count]) => ({ index, times: count }))
}

/** The sweep that later frames will want next, if it can be drawn. */
export function sweepAfter({ sweeps, endUs }: Drive, chosen: readonly ChosenSweep[]): number | undefined {
  const next = (chosen.at(-1)?.index ?? sweeps.length) + 1
  return next < sweeps.length && sweeps[next].timeUs <= endUs ? next : undefined
}

/** The nearest sweep's index; before the first and after the last, that of the sweep which would be there if they went on. */
function gridIndex(sweeps: readonly LidarSweepSource[], first: number, last: number, timeUs: Micros): number {
  const stamps = sweeps.slice(first, last + 1).map((sweep) => sweep.timeUs)
  const nearest = first + nearestIndex(stamps, timeUs)
  const over = timeUs - sweeps[nearest].timeUs
  const outside = (nearest === first && over < 0) || (nearest === last && over > 0)
  if (!outside || first === last) return nearest
  const step = nearest === first ? sweeps[first + 1].timeUs - sweeps[first].timeUs : sweeps[last].timeUs - sweeps[last - 1].timeUs
  return step > 0 ? nearest + Math.round(over / step) : nearest
}
