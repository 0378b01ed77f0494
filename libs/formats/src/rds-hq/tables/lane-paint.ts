import type { LaneLine, LanePaint, LineColour, LinePattern } from '@virga/scenario'

/** The words of a lane line's `colors` attribute; any other word is the colour `other`. */
export const lineColours: Readonly<Record<string, LineColour>> = { WHITE: 'white', YELLOW: 'yellow', BLUE: 'blue' }

/**
 * The words of a lane line's `styles` attribute. `DASHED_SOLID` and `SOLID_DASHED` stand for what NVIDIA's renderers draw for them (the first: left
 * solid, right dashed, seen along the line), which is the other way round than they read (Cosmos-Drive-Dreams,
 * world_scenario_laneline_config.json).
 */
export const lineStyles: Readonly<Record<string, LinePattern>> = {
  SOLID_SINGLE: 'solid',
  LONG_DASHED_SINGLE: 'long-dashed',
  SHORT_DASHED_SINGLE: 'short-dashed',
  DOT_DASHED_SINGLE: 'dot-dashed',
  SOLID_GROUP: 'double-solid',
  DASHED_SOLID: 'solid-dashed',
  SOLID_DASHED: 'dashed-solid',
  DOT_SOLID_SINGLE: 'dotted',
  DOT_SOLID_GROUP: 'double-dotted',
  OTHER: 'other',
}

/** The colour and style pairs that NVIDIA's world-scenario renderers tell apart; they draw every other pair as one tan solid line. */
export const knownLinePaints: readonly string[] = [
  'WHITE SOLID_SINGLE',
  'YELLOW SOLID_SINGLE',
  'WHITE LONG_DASHED_SINGLE',
  'YELLOW LONG_DASHED_SINGLE',
  'WHITE SHORT_DASHED_SINGLE',
  'WHITE DOT_DASHED_SINGLE',
  'WHITE SOLID_GROUP',
  'YELLOW SOLID_GROUP',
  'YELLOW DASHED_SOLID',
  'YELLOW SOLID_DASHED',
  'YELLOW DOT_SOLID_SINGLE',
  'YELLOW DOT_SOLID_GROUP',
  'WHITE OTHER',
  'YELLOW OTHER',
]

export interface PaintWords {
  readonly colour: string
  readonly style: string
}

/**
 * What a pair of words paints. A style that is not known gives colour and pattern `other`, which is what NVIDIA's renderers draw for it: a known
 * colour with the style OTHER is another line, white or yellow and three times as wide.
 */
export function paintOfWords(colour: string, style: string): LanePaint {
  if (!Object.hasOwn(lineStyles, style)) return { colour: 'other', pattern: 'other' }
  return { colour: Object.hasOwn(lineColours, colour) ? lineColours[colour] : 'other', pattern: lineStyles[style] }
}

/** Patterns without a word of their own, by the nearest that has one; `none` is not painted and not written. */
const nearestPattern: Partial<Record<LinePattern, LinePattern>> = { 'double-dashed': 'long-dashed' }

const styleOf = new Map(Object.entries(lineStyles).map(([word, pattern]) => [pattern, word]))
const colourOf = new Map(Object.entries(lineColours).map(([word, colour]) => [colour, word]))

/** The words for a paint, and whether they say the same as it or are the nearest that the format has; undefined for what is not painted. */
export function wordsOfPaint({ colour, pattern }: LanePaint): (PaintWords & { readonly exact: boolean }) | undefined {
  if (pattern === 'none') return undefined
  const near = nearestPattern[pattern]
  return { colour: colourOf.get(colour) ?? 'OTHER', style: styleOf.get(near ?? pattern) ?? 'OTHER', exact: near === undefined }
}

/** Whether NVIDIA's world-scenario renderers have a look of its own for the pair. */
export function isKnownPaint({ colour, style }: PaintWords): boolean {
  return knownLinePaints.includes(`${colour} ${style}`)
}

/** The words for an edge of a lane: those of the line painted on it, else a virtual edge of unknown colour. */
export function edgeWords(line: Pick<LaneLine, 'colour' | 'pattern'> | undefined): PaintWords {
  return (line === undefined ? undefined : wordsOfPaint(line)) ?? { colour: 'UNKNOWN', style: 'VIRTUAL' }
}
