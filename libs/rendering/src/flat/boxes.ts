import { type Scenario, trackBoxAt, transformPoint, type TrackBox, type Track, type Vec3 } from '@virga/scenario'
import { type BoxLayer, boxLayerOf, farDepth } from './palette.ts'
import { isInPicture, toCamera, type View } from './view.ts'

/**
 * Corners in object axes, half extents: 0(+,+,+) 1(+,-,+) 2(-,-,+) 3(-,+,+), then 4..7 the same at the bottom. Upstream draws the path
 * 0 1 2 3 0 4 5 6 7 4 5 1 2 6 7 3; these are its twelve edges, each where it is drawn last (Cosmos-Drive-Dreams, bbox_utils.py).
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
const edges = [
  [0, 1],
  [2, 3],
  [3, 0],
  [0, 4],
  [5, 6],
  [7, 4],
  [4, 5],
  [5, 1],
  [1, 2],
  [2, 6],
  [6, 7],
  [7, 3],
] as const

export const edgesPerBox = edges.length

/** A box to draw: twelve edges, 6 values each, metres in the local frame. */
export interface DrawnBox {
  readonly layer: BoxLayer
  readonly ends: Float64Array
}

/** Tracks in the order of drawing: by id, as strings, so that which box lies on top does not depend on the log's row order. */
export function inDrawingOrder(scenario: Scenario): readonly Track[] {
  return [...scenario.tracks].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
}

/**
 * The boxes that are seen at a time. A box is left out when no corner is both in front of the camera and in the picture (so one that
 * fills the view vanishes, as upstream), or when all of it lies beyond 122.5 m.
 */
export function visibleBoxes(tracks: readonly Track[], timeUs: number, origin: Vec3, view: View): DrawnBox[] {
  const drawn: DrawnBox[] = []
  for (const track of tracks) {
    const box = trackBoxAt(track, timeUs)
    if (box === undefined) continue
    const corners = cornersOf(box, origin)
    const seen = corners.map(([x, y, z]) => toCamera(view.world_to_camera, x, y, z))
    if (!seen.some((corner) => isInPicture(view.camera, corner))) continue
    if (Math.min(...seen.map((corner) => corner[2])) > farDepth) continue
    drawn.push({ layer: boxLayerOf[track.class], ends: Float64Array.from(edges.flatMap(([a, b]) => [...corners[a], ...corners[b]])) })
  }
  return drawn
}

function cornersOf({ object_to_world, size }: TrackBox, origin: Vec3): Vec3[] {
  return cornerSigns.map(([sx, sy, sz]) => {
    const [x, y, z] = transformPoint(object_to_world, [(sx * size[0]) / 2, (sy * size[1]) / 2, (sz * size[2]) / 2])
    return [x - origin[0], y - origin[1], z - origin[2]]
  })
}
