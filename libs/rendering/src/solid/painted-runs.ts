import type { Dash } from './description.ts'

/**
 * Where along a sampled line paint lies. A place is a number of segments from the line's start: place 2.5 is the middle of its third segment.
 *
 * @param segments how many segments each edge is sampled into
 * @param lengths metres of each edge
 * @returns start and end of each painted run, in order; the whole line without `dash`
 */
export function paintedRuns(segments: readonly number[], lengths: readonly number[], dash: Dash | undefined): [number, number][] {
  const total = segments.reduce((sum, n) => sum + n, 0)
  if (dash === undefined) return total > 0 ? [[0, total]] : []
  const runs: [number, number][] = []
  const period = dash.on + dash.off
  if (!(period > 0) || !(dash.on > 0)) return runs
  const length = dash.unit === 'segments' ? total : lengths.reduce((sum, l) => sum + l, 0)
  const placeOf = dash.unit === 'segments' ? (s: number): number => s : placeAlong(segments, lengths)
  const every = dash.every ?? 1
  for (let start = 0; start < length; start += period) {
    let from = placeOf(start)
    let to = placeOf(Math.min(start + dash.on, length))
    if (dash.whole === true) [from, to] = [Math.max(Math.ceil(from - slack), 0), Math.floor(to + slack)]
    if (every === 1) {
      if (to > from) runs.push([from, to])
    } else {
      for (let segment = from; segment < to; segment += every) runs.push([segment, segment + 1])
    }
  }
  return runs
}

/** Rounding of arc lengths: a segment that ends a billionth beyond the paint still lies wholly in it. */
const slack = 1e-9

/** From metres along the line to places; asked with growing values. */
function placeAlong(segments: readonly number[], lengths: readonly number[]): (metres: number) => number {
  let edge = 0
  let metresBefore = 0
  let segmentsBefore = 0
  return (metres) => {
    while (edge < lengths.length - 1 && metres > metresBefore + lengths[edge]) {
      metresBefore += lengths[edge]
      segmentsBefore += segments[edge]
      edge += 1
    }
    return segmentsBefore + Math.min((metres - metresBefore) / lengths[edge], 1) * segments[edge]
  }
}
