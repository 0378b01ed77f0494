import type { MapElement } from '@virga/scenario'

/** One folder of the vector map. */
export interface MapLayer {
  readonly kind: MapElement['kind']
  readonly folder: string
  /** Name of the tar member after `<clip>.`; a layer is read as well under the others. */
  readonly member: string
  readonly alsoMember?: string
  /** First part of `labelClassIdentifier`. */
  readonly labelClass: string
  /** `label_name` attribute. */
  readonly labelName: string
  readonly shape: 'polyline3d' | 'polylines3d' | 'surface' | 'cuboid3d'
  /** The attribute with the element's type word, and the key under which its value stands. */
  readonly type?: { readonly name: string; readonly as: 'text' | 'enum' }
}

/** The nine layers of RDS-HQ, words as the released clips have them. */
export const mapLayers: readonly MapLayer[] = [
  {
    kind: 'lane-line',
    folder: '3d_lanelines',
    member: 'lanelines.json',
    labelClass: 'lanelines',
    labelName: 'lane_line',
    shape: 'polyline3d',
  },
  { kind: 'lane', folder: '3d_lanes', member: 'lanes.json', labelClass: 'lanes', labelName: 'lane', shape: 'polylines3d' },
  {
    kind: 'road-boundary',
    folder: '3d_road_boundaries',
    member: 'road_boundaries.json',
    labelClass: 'road-boundaries',
    labelName: 'road_boundary',
    shape: 'polyline3d',
    type: { name: 'boundary_type', as: 'text' },
  },
  {
    kind: 'wait-line',
    folder: '3d_wait_lines',
    member: 'wait_lines.json',
    labelClass: 'wait-lines',
    labelName: 'wait_line',
    shape: 'polyline3d',
    type: { name: 'type', as: 'enum' },
  },
  {
    kind: 'crosswalk',
    folder: '3d_crosswalks',
    member: 'crosswalks.json',
    labelClass: 'crosswalks',
    labelName: 'crosswalk',
    shape: 'surface',
    type: { name: 'type', as: 'text' },
  },
  {
    kind: 'road-marking',
    folder: '3d_road_markings',
    member: 'road_markings.json',
    labelClass: 'road-markings',
    labelName: 'road_marking',
    shape: 'surface',
    type: { name: 'road_marking_class', as: 'text' },
  },
  {
    kind: 'pole',
    folder: '3d_poles',
    member: 'poles.json',
    labelClass: 'poles',
    labelName: 'pole',
    shape: 'polyline3d',
    type: { name: 'pole_type', as: 'text' },
  },
  {
    kind: 'traffic-light',
    folder: '3d_traffic_lights',
    member: 'traffic_lights.json',
    alsoMember: '3d_traffic_lights.json',
    labelClass: 'traffic-lights',
    labelName: 'traffic_light',
    shape: 'cuboid3d',
  },
  {
    kind: 'traffic-sign',
    folder: '3d_traffic_signs',
    member: 'traffic_signs.json',
    alsoMember: '3d_traffic_signs.json',
    labelClass: 'traffic-signs',
    labelName: 'traffic_sign',
    shape: 'cuboid3d',
    type: { name: 'sign_class', as: 'text' },
  },
]

/** Type words by layer, as released clips have them; the first is what an element of unknown type is written as. */
export const typeWords: Readonly<Partial<Record<MapElement['kind'], readonly string[]>>> = {
  'road-boundary': ['road_boundary', 'tall_curb', 'barrier'],
  'wait-line': ['UNKNOWN', 'STOP'],
  crosswalk: ['PEDESTRIAN'],
  'road-marking': ['ROI_POLYGON_ROAD_MARKING_UNKNOWN', 'ROI_POLYGON_ROAD_MARKING_STOP'],
  pole: ['UNKNOWN', 'TREE', 'SIGN', 'TEL', 'SENTRY', 'LIGHT'],
  'traffic-sign': ['TRAFFIC_SIGN_UNKNOWN'],
}

/** Type words of other sources, by the word here. */
const foreignWords: Readonly<Record<string, string>> = { kerb: 'tall_curb', lamp: 'LIGHT', 'sign-pole': 'SIGN', 'stop-line': 'STOP' }

/**
 * The type word that an element is written with: its source's own where that is one of the format (or where the source is this format), its
 * translation where there is one, else the word for an unknown type.
 */
export function typeWordOf(element: MapElement, isOwnFormat: boolean): string | undefined {
  const words = typeWords[element.kind]
  if (words === undefined) return undefined
  const { sourceType } = element
  if (sourceType === undefined) return words[0]
  if (isOwnFormat || words.includes(sourceType)) return sourceType
  return Object.hasOwn(foreignWords, sourceType) ? foreignWords[sourceType] : words[0]
}

/** `vehicle_types` of a lane. Released clips say CAR throughout; the others are this writer's own. */
export const laneUses: Readonly<Record<string, 'vehicle' | 'bike' | 'bus' | 'other'>> = {
  CAR: 'vehicle',
  BICYCLE: 'bike',
  BUS: 'bus',
  OTHER: 'other',
}
