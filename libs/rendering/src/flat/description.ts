import type { MapElement, ObjectClass } from '@virga/scenario'
import type { Style } from '../style.ts'

/** 0..255 */
export type Rgb = readonly [number, number, number]

type KindOf<Shape> = Extract<MapElement, Shape>['kind']
/** Map elements that are polylines. */
export type LineKind = KindOf<{ readonly line: unknown }>
/** Map elements that are sets of points around an area or a box. */
export type AreaKind = KindOf<{ readonly ring: unknown }> | KindOf<{ readonly corners: unknown }>

/** Lines of constant width in pixels with round ends, as OpenCV's `line` draws them. */
export interface LineLayer {
  readonly draw: 'lines'
  readonly of: LineKind
  readonly rgb: Rgb
  /** OpenCV thickness in pixels, 2 to 64. */
  readonly thickness: number
  /** Metres: an edge is drawn through max(floor(length / spacing), 2) samples, each piece in one colour; absent: each edge is one piece. */
  readonly spacing?: number
}

/** The filled convex hull of each element. */
export interface HullLayer {
  readonly draw: 'hulls'
  readonly of: AreaKind
  readonly rgb: Rgb
}

/** Wireframes of the tracked objects of some classes. */
export interface BoxLayer {
  readonly draw: 'boxes'
  readonly of: readonly ObjectClass[]
  readonly rgb: Rgb
  readonly thickness: number
  /** Pairs of corners (numbered as in boxes.ts) in the order they are drawn; absent: the twelve edges. */
  readonly edges?: readonly (readonly [number, number])[]
}

export type FlatLayer = LineLayer | HullLayer | BoxLayer

/** How colours darken with camera z. */
export interface FlatShading {
  /** Metres: what lies wholly beyond is left out, and depths are clamped to it. */
  readonly far: number
  /** value = floor(colour * (far - z) / range); absent: the colour itself at every depth. */
  readonly range?: number
}

/**
 * A style of flat shapes of constant pixel sizes, without depth test: within a layer later elements overwrite earlier ones (map elements
 * in file order, boxes by track id), and layers merge by the per-channel maximum.
 */
export interface FlatDescription extends Pick<Style, 'name' | 'title' | 'defaultChain'> {
  readonly shading: FlatShading
  /** How far in front of the camera plane a shape that crosses it is cut, as a share of the depth range of the edge that crosses. */
  readonly nearClip: { readonly lines: number; readonly hulls: number }
  /** At most 255. */
  readonly layers: readonly FlatLayer[]
}
