import { type LinePattern, type ObjectClass, type SegClass, segClassId } from '@virga/scenario'

/**
 * The class that a labelled box shows. Bicycles and motorcycles are vehicles whoever sits on them, their riders pedestrians (as Cityscapes
 * groups them: vehicle, human); posts and cones stand on the road like poles; what a source cannot name moves, mostly, like a vehicle.
 */
export const classOfObject: Readonly<Record<ObjectClass, SegClass>> = {
  car: 'vehicle',
  van: 'vehicle',
  truck: 'vehicle',
  bus: 'vehicle',
  trailer: 'vehicle',
  train: 'vehicle',
  motorcycle: 'vehicle',
  bicycle: 'vehicle',
  other: 'vehicle',
  rider: 'pedestrian',
  pedestrian: 'pedestrian',
  stroller: 'pedestrian',
  animal: 'pedestrian',
  cone: 'pole',
  bollard: 'pole',
  sign: 'sign',
}

/** What lies on the ground, lowest first: where two overlap, the later one shows. */
export const groundOrder: readonly SegClass[] = ['terrain', 'road', 'pavement', 'crosswalk', 'lane-line']

/** Where a class stands in `groundOrder`. */
export const groundRank = (id: number): number => rankOfId[id] ?? 0
const rankOfId: readonly number[] = Array.from({ length: Object.keys(segClassId).length }, (_, id) =>
  groundOrder.findIndex((name) => segClassId[name] === id),
)

/** Widths of what a map states as a line, metres. Lane lines: 0.10 to 0.15 m (MUTCD 3A.06, "normal width"); stop lines: 12 to 24 inches (3B.16). */
export const lineWidth = { laneLine: 0.15, waitLine: 0.4, kerb: 0.3 } as const

/**
 * How far the road reaches on both sides of a lane line and around a lane, metres: rails lie at the inner edge of the paint (RDS-HQ), and lanes do
 * not quite touch those beside and ahead.
 */
export const roadMargin = { laneLine: 0.3, lane: 0.1 } as const

/** Radius of a pole, metres: street lamps and sign posts are 0.1 to 0.2 m thick. */
export const poleRadius = 0.1

/** Signs and lights are at least this thick, metres: a sheet of no thickness would be missed by every ray along it. */
export const leastThickness = 0.04

/** One painted stripe of a pattern: its offset to the left of the line and, where it is broken, metres painted and metres from dash to dash. */
export interface Stripe {
  readonly offset: number
  readonly on: number
  readonly period: number
}

const unbroken = { on: 1, period: 1 }
/** 10 feet on, 30 feet off (MUTCD 3A.06). */
const long = { on: 3, period: 12 }
/** Short dashes as at junctions and ramps: 2 feet to 3 feet on, as much to three times as much off. */
const short = { on: 1, period: 3 }
const dots = { on: 0.2, period: 0.6 }
/** Half the distance of the stripes of a double line: the gap is as wide as a stripe. */
const apart = lineWidth.laneLine

/** The stripes of each pattern; sources do not state where dashes begin, so the first begins where the line does. */
export const stripesOf: Readonly<Record<LinePattern, readonly Stripe[]>> = {
  solid: [{ offset: 0, ...unbroken }],
  other: [{ offset: 0, ...unbroken }],
  'long-dashed': [{ offset: 0, ...long }],
  'short-dashed': [{ offset: 0, ...short }],
  'dot-dashed': [{ offset: 0, ...short }],
  dotted: [{ offset: 0, ...dots }],
  'double-solid': [
    { offset: apart, ...unbroken },
    { offset: -apart, ...unbroken },
  ],
  'double-dashed': [
    { offset: apart, ...long },
    { offset: -apart, ...long },
  ],
  'double-dotted': [
    { offset: apart, ...dots },
    { offset: -apart, ...dots },
  ],
  'dashed-solid': [
    { offset: apart, ...long },
    { offset: -apart, ...unbroken },
  ],
  'solid-dashed': [
    { offset: apart, ...unbroken },
    { offset: -apart, ...long },
  ],
  none: [],
}
