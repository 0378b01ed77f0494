import type { BoxLayer, CuboidLayer, Dash, LaneLineLayer, PaintLook, Rgb, SolidDescription } from '../solid/description.ts'
import { solidStyle } from '../solid/solid-style.ts'

// Palette, widths and line types: Cosmos-Drive-Dreams, world_scenario_color_config.json and
// world_scenario_laneline_config.json; Cosmos-Transfer2.5 ships the same values.

export const far = 200
export const laneLineWidth = 12
export const poleWidth = 5
export const colours = {
  roadBoundary: [253, 1, 232],
  waitLine: [108, 179, 59],
  pole: [183, 69, 177],
  crosswalk: [139, 93, 255],
  roadMarking: [20, 254, 185],
  trafficSign: [8, 2, 255],
} as const satisfies Record<string, Rgb>
const white: Rgb = [255, 255, 255]
const yellow: Rgb = [255, 255, 0]
const tan: Rgb = [181, 164, 71]

/** The two lines of a double line lie so far (metres) to the left and to the right. */
const apart = 0.1

/** How the broken patterns are measured; the rest of a lane line's look is the same in both flavours. */
export interface DashLengths {
  readonly long: Dash
  readonly short: Dash
  readonly dot: Dash
  readonly dotted: Dash
}

/** Looks by "colour pattern"; a double line's left stroke is drawn first. */
export function laneLooks({ long, short, dot, dotted }: DashLengths): LaneLineLayer['looks'] {
  const single = (rgb: Rgb, dash?: Dash): PaintLook => ({ rgb, strokes: [dash === undefined ? {} : { dash }] })
  const dual = (rgb: Rgb, left?: Dash, right?: Dash): PaintLook => ({
    rgb,
    strokes: [
      { ...(left && { dash: left }), left: apart },
      { ...(right && { dash: right }), left: -apart },
    ],
  })
  return {
    'white solid': single(white),
    'yellow solid': single(yellow),
    'white long-dashed': single(white, long),
    'yellow long-dashed': single(yellow, long),
    // The format has no word for two broken lines; its nearest is one.
    'white double-dashed': single(white, long),
    'yellow double-dashed': single(yellow, long),
    'white short-dashed': single(white, short),
    'white dot-dashed': single(white, dot),
    'white double-solid': dual(white),
    'yellow double-solid': dual(yellow),
    'yellow solid-dashed': dual(yellow, undefined, long),
    'yellow dashed-solid': dual(yellow, long, undefined),
    'yellow dotted': single(yellow, dotted),
    'yellow double-dotted': dual(yellow, dotted, dotted),
    'white other': { ...single(white), times: 3 },
    'yellow other': { ...single(yellow), times: 3 },
  }
}

export const otherLaneLine: PaintLook = { rgb: tan, strokes: [{}] }
export const plainWhite: PaintLook = { rgb: white, strokes: [{}] }

export const lampColours: CuboidLayer['rgb'] = {
  red: [240, 50, 50],
  yellow: [255, 200, 0],
  green: [130, 240, 132],
  unknown: [100, 100, 100],
}

export const boxClasses: BoxLayer['classes'] = [
  { of: ['car', 'van'], front: [0, 46, 136], rear: [126, 206, 255] },
  { of: ['truck', 'bus', 'trailer', 'train'], front: [204, 55, 0], rear: [255, 192, 64] },
  { of: ['pedestrian'], front: [148, 0, 62], rear: [255, 124, 171] },
  // Two-wheelers count as cyclists with or without their rider: sources differ in what they box.
  { of: ['rider', 'bicycle', 'motorcycle'], front: [0, 80, 66], rear: [102, 208, 198] },
  { of: ['stroller', 'animal', 'cone', 'bollard', 'sign', 'other'], front: [53, 26, 20], rear: [166, 136, 125] },
]
export const boxEdge: BoxLayer['edge'] = { rgb: [200, 200, 200], width: 4 }

/** Dots and the short patterns are counted in sampled segments of 5 cm in both flavours. */
export const dotDash: Dash = { unit: 'segments', on: 18, off: 54, every: 3 }
export const dottedDash: Dash = { unit: 'segments', on: 1, off: 9 }

/**
 * The world scenario of Cosmos-Transfer2.5 as the Cosmos-Drive-Dreams toolkit draws it: the flavour to take. Dashes count 5 cm segments;
 * concave crosswalks keep their shape; what lies far below the road is left out.
 */
export const worldScenarioV3Description: SolidDescription = {
  name: 'world-scenario-v3',
  title: 'World scenario of Cosmos-Transfer2.5: typed lane lines, filled boxes, depth tested and faded',
  defaultChain: 'resize',
  far,
  behind: 'drop',
  heightFilter: { below: 3, share: 0.8, degrees: 3 },
  layers: [
    { draw: 'lines', of: 'road-boundary', rgb: colours.roadBoundary, width: laneLineWidth, spacing: 0.2 },
    { draw: 'areas', of: 'crosswalk', rgb: colours.crosswalk, fill: 'ears', spacing: 0.8 },
    { draw: 'areas', of: 'road-marking', rgb: colours.roadMarking, fill: 'fan' },
    { draw: 'lines', of: 'wait-line', rgb: colours.waitLine, width: laneLineWidth, spacing: 0.2 },
    { draw: 'lines', of: 'pole', rgb: colours.pole, width: poleWidth, spacing: 0.2 },
    { draw: 'cuboids', of: 'traffic-sign', rgb: colours.trafficSign, faces: 'path' },
    {
      draw: 'lane-lines',
      width: laneLineWidth,
      spacing: 0.05,
      paint: 'first',
      // 10 and 30 feet.
      looks: laneLooks({
        long: { unit: 'segments', on: 60, off: 182 },
        short: { unit: 'segments', on: 18, off: 54 },
        dot: dotDash,
        dotted: dottedDash,
      }),
      other: otherLaneLine,
    },
    { draw: 'cuboids', of: 'traffic-light', rgb: lampColours, faces: 'path' },
    { draw: 'boxes', classes: boxClasses, edge: boxEdge, order: 'class' },
  ],
}

export const worldScenarioV3 = solidStyle(worldScenarioV3Description)
