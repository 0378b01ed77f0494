import { boxCornerSigns, type Micros, poseToMat4, type Scenario, type Track, trackBoxAt, type Vec3 } from '@virga/scenario'
import type { BoxLayer } from './description.ts'

/** The path over a box's corners that goes along all of its edges (Cosmos-Drive-Dreams, bbox_utils.py). */
export const boxPath = [0, 1, 2, 3, 0, 4, 5, 6, 7, 4, 5, 1, 2, 6, 7, 3] as const

/** The twelve edges of that path, each where it is drawn last. */
const twelveEdges: NonNullable<BoxLayer['edges']> = boxPath
  .slice(1)
  .map((to, i): [number, number] => [boxPath[i], to])
  .filter(([a, b], i, all) => !all.slice(i + 1).some(([c, d]) => (a === c && b === d) || (a === d && b === c)))

/** Tracks in the order of drawing: by id, as strings, so that which box lies on top does not depend on the log's row order. */
export function inDrawingOrder(scenario: Scenario): readonly Track[] {
  return [...scenario.tracks].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
}

/** A track's box at the time of a frame, in the local frame. */
export interface BoxAt {
  readonly centre: Vec3
  /** Metres from the centre to a corner. */
  readonly radius: number
  /** Eight corners, 3 values each, metres. */
  readonly corners: Float64Array
}

export function boxAt(track: Track, timeUs: Micros, origin: Vec3): BoxAt | undefined {
  const box = trackBoxAt(track, timeUs)
  if (box === undefined) return undefined
  const m = poseToMat4(box.object_to_world)
  const [x, y, z] = [m[3] - origin[0], m[7] - origin[1], m[11] - origin[2]]
  const [length, width, height] = [box.size[0] / 2, box.size[1] / 2, box.size[2] / 2]
  const corners = new Float64Array(24)
  boxCornerSigns.forEach(([sx, sy, sz], corner) => {
    const [a, b, c] = [sx * length, sy * width, sz * height]
    corners[corner * 3] = m[0] * a + m[1] * b + m[2] * c + x
    corners[corner * 3 + 1] = m[4] * a + m[5] * b + m[6] * c + y
    corners[corner * 3 + 2] = m[8] * a + m[9] * b + m[10] * c + z
  })
  return { centre: [x, y, z], radius: Math.sqrt(length * length + width * width + height * height), corners }
}

/** Six values per edge, as the line painter takes them. */
export function boxEdges({ corners }: BoxAt, edges: BoxLayer['edges'] = twelveEdges): Float64Array {
  const ends = new Float64Array(edges.length * 6)
  edges.forEach(([a, b], edge) => {
    for (let axis = 0; axis < 3; axis += 1) {
      ends[edge * 6 + axis] = corners[a * 3 + axis]
      ends[edge * 6 + 3 + axis] = corners[b * 3 + axis]
    }
  })
  return ends
}
