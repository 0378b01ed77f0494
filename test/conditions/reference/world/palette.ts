import type { LaneLine, LanePaint } from '@virga/scenario'
import type { BoxClass } from '../hdmap/palette.ts'
import type { Rgb } from '../raster/canvas.ts'

/** The two published renderers of this style: the Cosmos-Drive-Dreams toolkit and the tiled renderer of Transfer2.5. */
export type Flavour = 'dd' | 't25'

/** Colours, widths and line types (Cosmos-Drive-Dreams, world_scenario_color_config.json). */
export const colours = {
  'road-boundary': [253, 1, 232],
  'wait-line': [108, 179, 59],
  pole: [183, 69, 177],
  crosswalk: [139, 93, 255],
  'road-marking': [20, 254, 185],
  'traffic-sign': [8, 2, 255],
} as const satisfies Record<string, Rgb>

export const lightColours = { red: [240, 50, 50], yellow: [255, 200, 0], green: [130, 240, 132], unknown: [100, 100, 100] } as const

export const boxColours: Record<BoxClass, { front: Rgb; rear: Rgb }> = {
  Car: { front: [0, 46, 136], rear: [126, 206, 255] },
  Truck: { front: [204, 55, 0], rear: [255, 192, 64] },
  Pedestrian: { front: [148, 0, 62], rear: [255, 124, 171] },
  Cyclist: { front: [0, 80, 66], rear: [102, 208, 198] },
  Others: { front: [53, 26, 20], rear: [166, 136, 125] },
}

export const edgeColour: Rgb = [200, 200, 200]

/** Widths in pixels. */
export const widths = { line: 12, pole: 5, boxEdge: 4 } as const

export type Pattern = 'solid' | 'long' | 'short' | 'dot-dashed' | 'dotted'

export interface LineLook {
  readonly colour: Rgb
  readonly width: number
  /** One pattern along the line itself, or two on its left and right. */
  readonly strokes: readonly [Pattern] | readonly [Pattern, Pattern]
}

const white: Rgb = [255, 255, 255]
const yellow: Rgb = [255, 255, 0]
const tan: LineLook = { colour: [181, 164, 71], width: widths.line, strokes: ['solid'] }

const single = (colour: Rgb, ...strokes: [Pattern] | [Pattern, Pattern]): LineLook => ({ colour, width: widths.line, strokes })

/** The type table; every other pair is drawn like tan. */
const looks: Record<string, LineLook> = {
  'white solid': single(white, 'solid'),
  'yellow solid': single(yellow, 'solid'),
  'white long-dashed': single(white, 'long'),
  'yellow long-dashed': single(yellow, 'long'),
  'white short-dashed': single(white, 'short'),
  'white dot-dashed': single(white, 'dot-dashed'),
  'white double-solid': single(white, 'solid', 'solid'),
  'yellow double-solid': single(yellow, 'solid', 'solid'),
  'yellow solid-dashed': single(yellow, 'solid', 'long'),
  'yellow dashed-solid': single(yellow, 'long', 'solid'),
  'yellow dotted': single(yellow, 'dotted'),
  'yellow double-dotted': single(yellow, 'dotted', 'dotted'),
  'white other': { ...single(white, 'solid'), width: 3 * widths.line },
  'yellow other': { ...single(yellow, 'solid'), width: 3 * widths.line },
}

/** How a lane line is drawn: by its first vertex (dd) or by the pair that most vertices have (t25); undefined where nothing is painted. */
export function lookOf(line: LaneLine, flavour: Flavour): LineLook | undefined {
  if (line.paints?.length === 0) return flavour === 'dd' ? tan : looks['white solid']
  const paint = flavour === 'dd' ? line : mostFrequent(line.paints ?? [line])
  if (paint.pattern === 'none') return undefined
  return looks[`${paint.colour} ${paint.pattern}`] ?? tan
}

function mostFrequent(paints: readonly LanePaint[]): LanePaint {
  const count = (paint: LanePaint): number =>
    paints.filter((other) => other.colour === paint.colour && other.pattern === paint.pattern).length
  return paints.reduce((best, paint) => (count(paint) > count(best) ? paint : best))
}
