import type { MapElement, ObjectClass } from '@virga/scenario'

/** 0..255 */
export type Rgb = readonly [number, number, number]

/** One canvas of the style: primitives overwrite one another within it, canvases merge by the per-channel maximum. */
export interface Layer {
  readonly name: string
  readonly rgb: Rgb
}

/** Map layers that are drawn, their colours and line widths (Cosmos-Drive-Dreams, hdmap_color_config.json and render_from_rds_hq.py). */
export const mapLayers = {
  'lane-line': { name: 'lanelines', rgb: [98, 183, 249] },
  'road-boundary': { name: 'road_boundaries', rgb: [200, 36, 35] },
  'wait-line': { name: 'wait_lines', rgb: [185, 63, 34] },
  pole: { name: 'poles', rgb: [66, 40, 144] },
  crosswalk: { name: 'crosswalks', rgb: [206, 131, 63] },
  'road-marking': { name: 'road_markings', rgb: [126, 204, 205] },
  'traffic-sign': { name: 'traffic_signs', rgb: [131, 175, 155] },
  'traffic-light': { name: 'traffic_lights', rgb: [252, 157, 155] },
} as const satisfies Partial<Record<MapElement['kind'], Layer>>

export type DrawnKind = keyof typeof mapLayers
export type LineKind = 'lane-line' | 'road-boundary' | 'wait-line' | 'pole'
export type HullKind = Exclude<DrawnKind, LineKind>

export const lineKinds: readonly LineKind[] = ['lane-line', 'road-boundary', 'wait-line', 'pole']
export const hullKinds: readonly HullKind[] = ['crosswalk', 'road-marking', 'traffic-sign', 'traffic-light']

/** The five box canvases (the same configuration, bounding box colours). */
export const boxLayers = {
  car: { name: 'Car', rgb: [255, 0, 0] },
  truck: { name: 'Truck', rgb: [0, 0, 255] },
  pedestrian: { name: 'Pedestrian', rgb: [0, 255, 0] },
  cyclist: { name: 'Cyclist', rgb: [255, 255, 0] },
  others: { name: 'Others', rgb: [255, 255, 255] },
} as const satisfies Record<string, Layer>

export type BoxLayer = keyof typeof boxLayers
export const boxLayerNames: readonly BoxLayer[] = ['car', 'truck', 'pedestrian', 'cyclist', 'others']

/** The canvas of an object class. Two-wheelers count as cyclists with or without their rider: sources differ in what they box. */
export const boxLayerOf: Record<ObjectClass, BoxLayer> = {
  car: 'car',
  van: 'car',
  truck: 'truck',
  bus: 'truck',
  trailer: 'truck',
  train: 'truck',
  pedestrian: 'pedestrian',
  motorcycle: 'cyclist',
  bicycle: 'cyclist',
  rider: 'cyclist',
  stroller: 'others',
  animal: 'others',
  cone: 'others',
  bollard: 'others',
  sign: 'others',
  other: 'others',
}

/** Camera z in metres at which everything is black. */
export const farDepth = 122.5

/** OpenCV line thickness in pixels: map lines, box edges. */
export const mapLineThickness = 8
export const boxLineThickness = 5

/** Spacing in metres below which lane lines and road boundaries are not sampled. */
export const sampleSpacing = 0.8

/** floor(colour * 2 (122.5 - z) / 255), z clamped to 0..122.5: 0.961 of the colour at the camera, black at 122.5 m. */
export function shade(rgb: Rgb, depth: number): Rgb {
  const factor = (2 * (farDepth - Math.min(Math.max(depth, 0), farDepth))) / 255
  return [Math.floor(rgb[0] * factor), Math.floor(rgb[1] * factor), Math.floor(rgb[2] * factor)]
}

/** Samples of an edge, both ends included: max(floor(length / 0.8), 2) for lane lines and boundaries, 2 for the rest. */
export function samplesOf(kind: LineKind, length: number): number {
  return kind === 'lane-line' || kind === 'road-boundary' ? Math.max(Math.floor(length / sampleSpacing), 2) : 2
}
