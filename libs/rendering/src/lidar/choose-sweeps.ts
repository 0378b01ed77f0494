import { type LidarSweepSource, type Micros, nearestIndex } from '@virga/scenario'

/** Sweeps to each side of the nearest one that are accumulated. */
const reach = 2

/** A sweep further from the frame than this is not drawn: logs may hold sweeps for a part of the drive only. */
export const farthestSweepUs = 350_000

export interface ChosenSweep {
  readonly index: number
  /** How often it counts: at the log's ends the sweeps that are not there are replaced by the last that is, as upstream does. */
  readonly times: number
}

/**
 * The sweeps drawn at a time: the nearest and two to each side (Cosmos-Drive-Dreams: frame indices -6, -3, 0, 3, 6 at 30 Hz, rounded to
 * the 10 Hz sweeps and clamped to the log).
 */
export function chooseSweeps(sweeps: readonly LidarSweepSource[], timeUs: Micros): ChosenSweep[] {
  const stamps = sweeps.map((sweep) => sweep.timeUs)
  const nearest = nearestIndex(stamps, timeUs)
  if (nearest < 0) return []
  const times = new Map<number, number>()
  for (let offset = -reach; offset <= reach; offset += 1) {
    const index = Math.min(Math.max(nearest + offset, 0), sweeps.length - 1)
    if (Math.abs(stamps[index] - timeUs) <= farthestSweepUs) times.set(index, (times.get(index) ?? 0) + 1)
  }
  return [...times].map(([index, count]) => ({ index, times: count }))
}
