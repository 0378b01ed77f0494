import type { Micros, Scenario } from '@virga/scenario'

/** A sweep further from the frames than this shows on none of them. */
const reachUs = 350_000

/** What to say when the log has sweeps but none near the frames chosen, so that lidar stays black; undefined when there is nothing to say. */
export function sweepsNote({ sweeps, startUs }: Scenario, timesUs: readonly Micros[]): string | undefined {
  const [first, last] = [timesUs[0], timesUs[timesUs.length - 1]]
  if (sweeps.length === 0 || sweeps.some(({ timeUs }) => timeUs >= first - reachUs && timeUs <= last + reachUs)) return undefined
  const seconds = sweeps.map(({ timeUs }) => ((timeUs - startUs) / 1e6).toFixed(2))
  const listed = seconds.length > 4 ? `${seconds.slice(0, 2).join(', ')} ... ${seconds.at(-1) ?? ''}` : seconds.join(', ')
  return `the log's LiDAR sweeps (at ${listed} s) lie outside the frames chosen, so lidar stays empty; choose others with --start`
}
