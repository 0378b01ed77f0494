/** 3n float64: x, y, z metres of n vertices in the world frame. */
export type Polyline = Float64Array

export type LineColour = 'white' | 'yellow' | 'blue' | 'other'

/** How a lane line is painted; `dashed-solid` means left dashed, right solid, seen along the line. */
export type LinePattern =
  | 'solid'
  | 'long-dashed'
  | 'short-dashed'
  | 'dot-dashed'
  | 'dotted'
  | 'double-solid'
  | 'double-dashed'
  | 'double-dotted'
  | 'dashed-solid'
  | 'solid-dashed'
  | 'other'
  | 'none'

/** Paint of a lane line as one vertex of the source states it. */
export interface LanePaint {
  readonly colour: LineColour
  readonly pattern: LinePattern
}

interface Element {
  readonly id: string
  /** The source's own type word, kept for writing the log back. */
  readonly sourceType?: string
  /** Other attributes of the source (`is_implicit`, `feature_id`, ...), kept for writing the element back. */
  readonly sourceAttributes?: readonly unknown[]
}

/** A painted line between lanes or at a lane's edge. */
export interface LaneLine extends Element {
  readonly kind: 'lane-line'
  readonly line: Polyline
  readonly colour: LineColour
  readonly pattern: LinePattern
  /**
   * Paint per vertex or segment in the source's order, for sources that state it so; `colour` and `pattern` are then the first one's. An
   * empty list means that the source has a place for it and states nothing.
   */
  readonly paints?: readonly LanePaint[]
}

/** A drivable lane between two rails of its own direction of travel. */
export interface Lane extends Element {
  readonly kind: 'lane'
  readonly left: Polyline
  readonly right: Polyline
  readonly use: 'vehicle' | 'bike' | 'bus' | 'other'
  readonly isIntersection: boolean
  readonly predecessors: readonly string[]
  readonly successors: readonly string[]
  readonly leftNeighbour?: string
  readonly rightNeighbour?: string
  /** The ids of the lane lines painted on its rails, where known. */
  readonly leftLine?: string
  readonly rightLine?: string
}

/** Kerb, barrier or edge of the drivable surface. A closed ring repeats its first vertex at its end. */
export interface RoadBoundary extends Element {
  readonly kind: 'road-boundary'
  readonly line: Polyline
}

/** Filled area that pedestrians cross; the ring is open (first vertex not repeated). */
export interface Crosswalk extends Element {
  readonly kind: 'crosswalk'
  readonly ring: Polyline
  /** The two edges along which people walk, pointing the same way, where the source gives them. */
  readonly edges?: readonly [Polyline, Polyline]
}

/** A stretch of surface that vehicles may drive on; open ring. */
export interface DrivableArea {
  readonly id: string
  readonly ring: Polyline
}

/** Stop or yield line. */
export interface WaitLine extends Element {
  readonly kind: 'wait-line'
  readonly line: Polyline
}

/** Arrow, letters or hatched area painted on the road; open ring. */
export interface RoadMarking extends Element {
  readonly kind: 'road-marking'
  readonly ring: Polyline
}

/** Vertical pole: two vertices, foot and top in either order. */
export interface Pole extends Element {
  readonly kind: 'pole'
  readonly line: Polyline
}

/** A box in the world: 8 corners, order (+,+,+)(+,-,+)(-,-,+)(-,+,+) then the same at the bottom, in the box's own x, y, z. */
export interface TrafficSign extends Element {
  readonly kind: 'traffic-sign'
  readonly corners: Polyline
}

export interface TrafficLight extends Element {
  readonly kind: 'traffic-light'
  readonly corners: Polyline
  /** State over time, where known: parallel arrays, each state holds until the next stamp. */
  readonly states?: { readonly timesUs: Float64Array; readonly state: readonly ('red' | 'yellow' | 'green' | 'unknown')[] }
}

export type MapElement = LaneLine | Lane | RoadBoundary | Crosswalk | WaitLine | RoadMarking | Pole | TrafficSign | TrafficLight
