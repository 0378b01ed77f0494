import { type Micros, type Scenario, type Track, trackBoxAt, type TrackBox, transformPoint, type Vec3 } from '@virga/scenario'
import type { BoxLayer } from './description.ts'

/**
 * Corners in object axes (x forward, y left, z up), half extents: 0(+,+,+) 1(+,-,+) 2(-,-,+) 3(-,+,+), then 4..7 the same at the bottom
 * (Cosmos-Drive-Dreams, bbox_utils.py).
 */
const cornerSigns = [
  [1, 1, 1],
  [1, -1, 1],
  [-1, -1, 1],
  [-1, 1, 1],
  [1, 1, -1],
  [1, -1, -1],
  [-1, -1, -1],
  [-1, 1, -1],
] as const

/** The path over a box's corners that goes along all of its edges (the same). */
export const boxPath = [0, 1, 2, 3, 0, 4, 5, 6, 7, 4, 5, 1, 2, 6, 7, 3] as const

/** The twelve edges of that path, each where it is drawn last. */
const twelveEdges: BoxLayer['edges'] = boxPath
  .slice(1)
  .map((to, i): [number, number] => [boxPath[i], to])
  .filter(([a, b], i, all) => !all.slice(i + 1).some(([c, d]) => (a === c && b === d) || (a === d && b === c)))

/** Tracks in the order of drawing: by id, as strings, so that which box lies on top does not depend on the log's row order. */
export function inDrawingOrder(scenario: Scenario): readonly Track[] {
  return [...scenario.tracks].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
}

/** A track's box at the time of a frame: eight corners, 3 values each, metres in the local frame. */
export interface BoxAt {
  readonly track: Track
  readonly corners: readonly Vec3[]
}

export function boxesAt(tracks: readonly Track[], timeUs: Micros, origin: Vec3): BoxAt[] {
  return tracks.flatMap((track) => {
    const box = trackBoxAt(track, timeUs)
    return box === undefined ? [] : [{ track, corners: cornersOf(box, origin) }]
  })
}

/** Six values per edge, as the line painter takes them. */
export function boxEdges({ corners }: BoxAt, edges: BoxLayer['edges'] = twelveEdges): Float64Array {
  return Float64Array.from((edges ?? []).flatMap(([a, b]) => [...corners[a], ...corners[b]]))
}

function cornersOf({ object_to_world, size }: TrackBox, origin: Vec3): Vec3[] {
  return cornerSigns.map(([sx, sy, sz]) => {
    const [x, y, z] = transformPoint(object_to_world, [(sx * size[0]) / 2, (sy * size[1]) / 2, (sz * size[2]) / 2])
    return [x - origin[0], y - origin[1], z - origin[2]]
  })
}
