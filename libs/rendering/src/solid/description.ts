import type { LineColour, LinePattern, ObjectClass, TrafficLight } from '@virga/scenario'
import type { Style } from '../style.ts'

/** 0..255 */
export type Rgb = readonly [number, number, number]

/**
 * Which parts of a line are painted, measured along it from its first vertex. Unit `segments` counts the segments that the line is sampled
 * into, as the layer's `spacing` says; in metres, `whole` paints only sampled segments that lie wholly inside the painted stretch,
 * otherwise the line is cut exactly.
 */
export interface Dash {
  readonly unit: 'segments' | 'metres'
  readonly on: number
  readonly off: number
  /** Of the segments in a painted stretch only every n-th, from the first. */
  readonly every?: number
  readonly whole?: boolean
}

/** One stroke of a lane line: solid where `dash` is absent. */
export interface Stroke {
  readonly dash?: Dash
  /** Metres to the left of the line, in the ground plane. */
  readonly left?: number
}

/** How a kind of lane paint is drawn. */
export interface PaintLook {
  readonly rgb: Rgb
  /** Of the layer's width. */
  readonly times?: number
  /** In the order of drawing. */
  readonly strokes: readonly Stroke[]
}

/** Lane lines, each kind of paint with a look of its own. */
export interface LaneLineLayer {
  readonly draw: 'lane-lines'
  /** Pixels at depth 0. */
  readonly width: number
  /** Metres: an edge is sampled as max(floor(length / spacing), 2) points. */
  readonly spacing: number
  readonly looks: Partial<Record<`${LineColour} ${LinePattern}`, PaintLook>>
  /** Paint that `looks` does not list. */
  readonly other: PaintLook
  /** A line whose source has a place for paint and states none; absent: `other`. */
  readonly unstated?: PaintLook
  /** Which paint counts for a line that states one per vertex. */
  readonly paint: 'first' | 'most-frequent'
}

/** Polylines of one colour. */
export interface LineLayer {
  readonly draw: 'lines'
  readonly of: 'road-boundary' | 'wait-line' | 'pole'
  readonly rgb: Rgb
  readonly width: number
  readonly spacing: number
}

/** Filled areas; `ears` keeps concave shapes (constrained Delaunay), `hull` fills the convex hull (plain Delaunay), `fan` is a fan from the first vertex. */
export interface AreaLayer {
  readonly draw: 'areas'
  readonly of: 'crosswalk' | 'road-marking'
  readonly rgb: Rgb
  readonly fill: 'ears' | 'hull' | 'fan'
  /** Metres between points of the outline that is triangulated; absent: the ring's own vertices. */
  readonly spacing?: number
}

export type LampState = NonNullable<TrafficLight['states']>['state'][number]

/** Filled boxes of the map: `solid` with all six faces, `path` as a fan over the 16-point path along the edges. */
export interface CuboidLayer {
  readonly draw: 'cuboids'
  readonly of: 'traffic-sign' | 'traffic-light'
  /** One colour, or for lights one per state. */
  readonly rgb: Rgb | Readonly<Record<LampState, Rgb>>
  readonly faces: 'solid' | 'path'
}

/** Tracked objects: filled boxes whose colour runs from front to rear, with edges. */
export interface BoxLayer {
  readonly draw: 'boxes'
  readonly classes: readonly { readonly of: readonly ObjectClass[]; readonly front: Rgb; readonly rear: Rgb }[]
  readonly edge: { readonly rgb: Rgb; readonly width: number }
  /** First wins where depths are equal: by the list of classes and then by track id, or by track id. */
  readonly order: 'class' | 'track'
}

export type SolidLayer = LaneLineLayer | LineLayer | AreaLayer | CuboidLayer | BoxLayer

/** Leaves out what lies far below the vehicle, such as a road under a bridge. */
export interface HeightFilter {
  /** Metres below the vehicle's origin from which an element is in question. */
  readonly below: number
  /** It stays if more than this share of its points lies above a cone that falls by so many degrees from the vehicle. */
  readonly share: number
  readonly degrees: number
}

/**
 * A style of solid shapes in a depth buffer: lines of a width that shrinks with depth, filled areas, filled boxes; colours fade to black at
 * `far`; four samples a pixel.
 */
export interface SolidDescription extends Pick<Style, 'name' | 'title' | 'defaultChain'> {
  /** Camera z in metres at which colours are black and lines have no width. */
  readonly far: number
  /** In the order of drawing: where depths are equal the first wins. */
  readonly layers: readonly SolidLayer[]
  readonly heightFilter?: HeightFilter
  /** Edges of boxes that reach behind the camera: left out, or cut at the camera plane in the picture. */
  readonly behind: 'drop' | 'clip'
}
