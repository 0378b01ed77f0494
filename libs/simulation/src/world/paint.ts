import type { LineColour, LinePattern } from '@virga/scenario'
import type { Random } from '../random.ts'

/** Colour and pattern of a painted line. */
export interface Paint {
  readonly colour: LineColour
  readonly pattern: LinePattern
}

/** One stripe of a pattern: metres to the left of the line, its width, and where it is broken metres painted and metres from dash to dash. */
export interface Stripe {
  readonly left: number
  readonly width: number
  readonly on?: number
  readonly period?: number
}

/** Width of a stripe, and of a wide line (`other`), metres. */
export const stripeWidth = 0.15
const wideWidth = 0.3
/** The stripes of a double line lie so far to the left and to the right: the gap is as wide as a stripe. */
const apart = 0.15

/** About 10 feet on and 30 off (MUTCD 3A.06), as world-scenario-v3-t25 and the label pictures draw long dashes; the short ones as label pictures do. */
const long = { on: 3, period: 12 }
const short = { on: 1, period: 3 }
const dots = { on: 0.2, period: 0.6 }

const single = (dash: { on?: number; period?: number } = {}): readonly Stripe[] => [{ left: 0, width: stripeWidth, ...dash }]
const dual = (left: { on?: number; period?: number } = {}, right = left): readonly Stripe[] => [
  { left: apart, width: stripeWidth, ...left },
  { left: -apart, width: stripeWidth, ...right },
]

/** What each pattern of the map looks like on the road; dashes are counted from the line's start. */
export const stripesOf: Readonly<Record<LinePattern, readonly Stripe[]>> = {
  solid: single(),
  other: [{ left: 0, width: wideWidth }],
  'long-dashed': single(long),
  'short-dashed': single(short),
  'dot-dashed': single(short),
  dotted: single(dots),
  'double-solid': dual(),
  'double-dashed': dual(long),
  'double-dotted': dual(dots),
  'dashed-solid': dual(long, {}),
  'solid-dashed': dual({}, long),
  none: [],
}

/** Paints with how often each is taken. */
type Choice = readonly (readonly [LineColour, LinePattern, number])[]

const centreOfTwo: Choice = [
  ['white', 'long-dashed', 5],
  ['yellow', 'long-dashed', 3],
  ['yellow', 'double-solid', 3],
  ['yellow', 'solid', 2],
  ['yellow', 'dashed-solid', 2],
  ['yellow', 'solid-dashed', 2],
  ['white', 'solid', 1],
  ['white', 'short-dashed', 1],
  ['white', 'double-dashed', 1.2],
  ['yellow', 'dotted', 1.2],
]
const centreOfMany: Choice = [
  ['yellow', 'double-solid', 5],
  ['white', 'double-solid', 3],
  ['white', 'solid', 2.5],
  ['yellow', 'solid', 2],
  ['yellow', 'dashed-solid', 0.8],
  ['yellow', 'solid-dashed', 0.8],
  ['yellow', 'double-dotted', 1.2],
  ['yellow', 'double-dashed', 1.1],
]
const divider: Choice = [
  ['white', 'long-dashed', 10],
  ['white', 'short-dashed', 2],
  ['white', 'dot-dashed', 1.2],
  ['white', 'solid', 0.8],
]
const edge: Choice = [
  ['white', 'solid', 12],
  ['white', 'short-dashed', 0.8],
  ['white', 'other', 0.8],
]
const edgeOfOneWay: Choice = [
  ['white', 'solid', 5],
  ['yellow', 'solid', 4],
  ['yellow', 'other', 1.2],
]
const crossCentre: Choice = [
  ['white', 'long-dashed', 5],
  ['yellow', 'double-solid', 3],
  ['yellow', 'long-dashed', 2],
  ['white', 'solid', 1.5],
  ['white', 'short-dashed', 1.5],
]

const choices = { centreOfTwo, centreOfMany, divider, edge, edgeOfOneWay, crossCentre }

/** Takes a paint for a place by weight. */
export function pickPaint(random: Random, place: keyof typeof choices): Paint {
  const list = choices[place]
  let at = random.next() * list.reduce((sum, [, , weight]) => sum + weight, 0)
  for (const [colour, pattern, weight] of list) {
    at -= weight
    if (at < 0) return { colour, pattern }
  }
  const [colour, pattern] = list[0]
  return { colour, pattern }
}

/**
 * Painted runs of a broken stripe on a line with vertices at the given arc lengths, as [from, to] arc lengths: counted in metres along the line's own
 * chords, as those who draw the map count.
 *
 * @param lengths metres of each chord, one fewer than stations
 */
export function dashRuns(stations: readonly number[], lengths: readonly number[], on: number, period: number): [number, number][] {
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const runs: [number, number][] = []
  let chord = 0
  let before = 0
  const arcOf = (metres: number): number => {
    while (chord < lengths.length - 1 && metres > before + lengths[chord]) before += lengths[chord++]
    const f = Math.min(1, (metres - before) / lengths[chord])
    return stations[chord] + f * (stations[chord + 1] - stations[chord])
  }
  for (let start = 0; start < total; start += period) runs.push([arcOf(start), arcOf(Math.min(start + on, total))])
  return runs
}
