import type { SolidDescription } from '../solid/description.ts'
import { solidStyle } from '../solid/solid-style.ts'
import {
  boxClasses,
  boxEdge,
  colours,
  dotDash,
  dottedDash,
  far,
  lampColours,
  laneLineWidth,
  laneLooks,
  otherLaneLine,
  plainWhite,
  poleWidth,
} from './world-scenario-v3.ts'

/**
 * The world scenario as the Cosmos-Transfer2.5 repository's own renderer draws it: dashes in metres, concave
 * crosswalks and markings filled to their hulls, lines before areas, boxes by track id, native 1280x720.
 */
export const worldScenarioV3T25Description: SolidDescription = {
  name: 'world-scenario-v3-t25',
  title: "World scenario as Cosmos-Transfer2.5's own renderer draws it",
  defaultChain: 'direct',
  far,
  behind: 'clip',
  layers: [
    {
      draw: 'lane-lines',
      width: laneLineWidth,
      spacing: 0.05,
      paint: 'most-frequent',
      looks: laneLooks({
        long: { unit: 'metres', on: 3, off: 9 },
        short: { unit: 'metres', on: 1.5, off: 1.5, whole: true },
        dot: dotDash,
        dotted: dottedDash,
      }),
      other: otherLaneLine,
      unstated: plainWhite,
    },
    { draw: 'lines', of: 'road-boundary', rgb: colours.roadBoundary, width: laneLineWidth, spacing: 0.8 },
    { draw: 'lines', of: 'wait-line', rgb: colours.waitLine, width: laneLineWidth, spacing: 0.8 },
    { draw: 'lines', of: 'pole', rgb: colours.pole, width: poleWidth, spacing: 0.8 },
    { draw: 'areas', of: 'crosswalk', rgb: colours.crosswalk, fill: 'hull', spacing: 0.8 },
    { draw: 'areas', of: 'road-marking', rgb: colours.roadMarking, fill: 'hull', spacing: 0.8 },
    { draw: 'cuboids', of: 'traffic-sign', rgb: colours.trafficSign, faces: 'solid' },
    { draw: 'cuboids', of: 'traffic-light', rgb: lampColours, faces: 'path' },
    { draw: 'boxes', classes: boxClasses, edge: boxEdge, order: 'track' },
  ],
}

export const worldScenarioV3T25 = solidStyle(worldScenarioV3T25Description)
