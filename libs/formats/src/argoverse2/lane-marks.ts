import type { LineColour, LinePattern } from '@virga/scenario'

/** The lane mark types of the Argoverse 2 map (av2-api, map/lane_segment.py). */
export const laneMarks = [
  'DASH_SOLID_YELLOW',
  'DASH_SOLID_WHITE',
  'DASHED_WHITE',
  'DASHED_YELLOW',
  'DOUBLE_SOLID_YELLOW',
  'DOUBLE_SOLID_WHITE',
  'DOUBLE_DASH_YELLOW',
  'DOUBLE_DASH_WHITE',
  'SOLID_YELLOW',
  'SOLID_WHITE',
  'SOLID_DASH_WHITE',
  'SOLID_DASH_YELLOW',
  'SOLID_BLUE',
  'NONE',
  'UNKNOWN',
] as const

export type LaneMark = (typeof laneMarks)[number]
export type Side = 'left' | 'right'

export interface Paint {
  readonly colour: LineColour
  readonly pattern: LinePattern
}

/**
 * What a mark type on one side of a lane looks like, seen along that lane; undefined for NONE. UNKNOWN is kept as a line with the
 * pattern `none`, which is not painted.
 *
 * Double lines read from the inside out: the first word is the line beside the lane (av2-api, rendering/map.py), so DASH_SOLID on the
 * left side has its solid line on the left.
 */
export function paintOf(mark: LaneMark, side: Side): Paint | undefined {
  const colour = mark.endsWith('YELLOW') ? 'yellow' : mark.endsWith('BLUE') ? 'blue' : 'white'
  switch (mark) {
    case 'NONE':
      return undefined
    case 'UNKNOWN':
      return { colour: 'other', pattern: 'none' }
    case 'SOLID_WHITE':
    case 'SOLID_YELLOW':
    case 'SOLID_BLUE':
      return { colour, pattern: 'solid' }
    case 'DASHED_WHITE':
    case 'DASHED_YELLOW':
      return { colour, pattern: 'long-dashed' }
    case 'DOUBLE_SOLID_WHITE':
    case 'DOUBLE_SOLID_YELLOW':
      return { colour, pattern: 'double-solid' }
    case 'DOUBLE_DASH_WHITE':
    case 'DOUBLE_DASH_YELLOW':
      return { colour, pattern: 'double-dashed' }
    case 'DASH_SOLID_WHITE':
    case 'DASH_SOLID_YELLOW':
      return { colour, pattern: side === 'left' ? 'solid-dashed' : 'dashed-solid' }
    case 'SOLID_DASH_WHITE':
    case 'SOLID_DASH_YELLOW':
      return { colour, pattern: side === 'left' ? 'dashed-solid' : 'solid-dashed' }
  }
}

/** The same paint seen against the line's direction. */
export function turnPaint({ colour, pattern }: Paint): Paint {
  if (pattern === 'dashed-solid') return { colour, pattern: 'solid-dashed' }
  if (pattern === 'solid-dashed') return { colour, pattern: 'dashed-solid' }
  return { colour, pattern }
}

/** The mark type that stands for a paint on a side of a lane, and whether it says the same or is the nearest that the format has. */
export function markOf(paint: Paint, side: Side): { readonly mark: LaneMark; readonly exact: boolean } {
  const exact = laneMarks.find((mark) => {
    const own = paintOf(mark, side)
    return own !== undefined && own.colour === paint.colour && own.pattern === paint.pattern
  })
  if (exact !== undefined) return { mark: exact, exact: true }
  const colour = paint.colour === 'yellow' ? 'yellow' : 'white'
  const near = laneMarks.find((mark) => {
    const own = paintOf(mark, side)
    return own !== undefined && own.colour === colour && own.pattern === nearestPattern[paint.pattern]
  })
  return { mark: paint.colour === 'blue' ? 'SOLID_BLUE' : (near ?? 'UNKNOWN'), exact: false }
}

/** Patterns that the format lacks, by the nearest that it has; the others stand for themselves. */
const nearestPattern: Readonly<Record<LinePattern, LinePattern | undefined>> = {
  solid: 'solid',
  'long-dashed': 'long-dashed',
  'short-dashed': 'long-dashed',
  'dot-dashed': 'long-dashed',
  dotted: 'long-dashed',
  'double-solid': 'double-solid',
  'double-dashed': 'double-dashed',
  'double-dotted': 'double-dashed',
  'dashed-solid': 'dashed-solid',
  'solid-dashed': 'solid-dashed',
  other: undefined,
  none: undefined,
}
