import { VirgaError } from '@virga/errors'
import { composePose, type LidarSweep, type Mat4, type Pose, poseAt, poseToMat4, type Scenario } from '@virga/scenario'
import { cellCount, cellDiscs, cellOf, cellsOfDisc, farthestPlace } from './cells.ts'
import type { PointDescription } from './description.ts'
import { type MovingBox, movingBoxes } from './moving-boxes.ts'

/** Points that are drawn together: those of one cell that stand still, or those of one moving box. */
export interface PointGroup {
  readonly first: number
  readonly count: number
  /** 0 stands still, k moves with `boxes[k - 1]`. */
  readonly box: number
  /** A sphere around the points, in the sweep's frame, metres. */
  readonly centre: readonly [number, number, number]
  readonly radius: number
}

/** A sweep as it is drawn: without the returns of the vehicle itself and without broken ones, sorted into groups. */
export interface PreparedSweep {
  readonly points_to_world: Pose
  readonly boxes: readonly MovingBox[]
  /** 3n metres in the sweep's frame, group by group. */
  readonly points: Float32Array
  readonly groups: readonly PointGroup[]
}

/** Most points of one sweep: several times what the largest rigs record; six such sweeps are 300 MB. */
export const maxPointsPerSweep = 1 << 22

/**
 * Filters and sorts a sweep, once for all frames and cameras. Points that are not finite, nearer than the cut or farther than `farthestPlace`
 * are left out.
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE for a sweep of more than `maxPointsPerSweep` points or outside the ego poses
 */
export function prepareSweep(
  { points, points_to_vehicle, timeUs }: LidarSweep,
  scenario: Scenario,
  { nearCut, boxScale }: Pick<PointDescription, 'nearCut' | 'boxScale'>,
): PreparedSweep {
  const count = Math.floor(points.length / 3)
  if (count > maxPointsPerSweep) {
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `the LiDAR sweep at ${timeUs} us of ${scenario.id} has ${count} points`, {
      field: 'points',
      expected: `at most ${maxPointsPerSweep}`,
    })
  }
  const points_to_world = composePose(poseAt(scenario.ego, timeUs), points_to_vehicle)
  const boxes = movingBoxes(scenario.tracks, timeUs, boxScale)
  const claims = boxes.map((box) => claimOf(box, points_to_world))
  const buckets = fillBuckets(points, count, nearCut, claims)
  return { points_to_world, boxes, ...sorted(points, buckets, claims) }
}

/** A box in the sweep's frame. */
interface Claim {
  readonly points_to_object: Mat4
  readonly reach: readonly [number, number, number]
  readonly centre: readonly [number, number, number]
  readonly radius: number
}

function claimOf({ world_to_object, reach }: MovingBox, points_to_world: Pose): Claim {
  const m = poseToMat4(composePose(world_to_object, points_to_world))
  // The object's origin: -R^T t.
  const centre = [0, 1, 2].map((axis) => -(m[axis] * m[3] + m[4 + axis] * m[7] + m[8 + axis] * m[11]))
  return { points_to_object: m, reach, centre: [centre[0], centre[1], centre[2]], radius: Math.hypot(...reach) }
}

/** Which bucket each point is in: its cell if it stands still, `cellCount` + i in box i (the first that holds it), or the last: dropped. */
interface Buckets {
  readonly of: Uint16Array
  readonly sizes: Uint32Array
  /** Lowest and highest z of each bucket's points. */
  readonly low: Float32Array
  readonly high: Float32Array
}

function fillBuckets(points: Float32Array, count: number, nearCut: number, claims: readonly Claim[]): Buckets {
  const claimants = new Map<number, number[]>()
  claims.forEach(({ centre: [x, y], radius }, box) => {
    for (const cell of cellsOfDisc(x, y, radius)) claimants.set(cell, [...(claimants.get(cell) ?? []), box])
  })
  const claimed = new Uint8Array(cellCount)
  for (const cell of claimants.keys()) claimed[cell] = 1
  const dropped = cellCount + claims.length
  const buckets = new Uint16Array(count)
  const sizes = new Uint32Array(dropped + 1)
  const low = new Float32Array(dropped + 1).fill(Infinity)
  const high = new Float32Array(dropped + 1).fill(-Infinity)
  const [nearest, farthest] = [nearCut * nearCut, farthestPlace * farthestPlace]
  for (let i = 0, p = 0; i < count; i += 1, p += 3) {
    const x = points[p]
    const y = points[p + 1]
    const z = points[p + 2]
    const squared = x * x + y * y + z * z
    let bucket = dropped
    // NaN is in no range.
    if (squared >= nearest && squared <= farthest) {
      bucket = cellOf(x, y)
      if (claimed[bucket] === 1) {
        const box = claimants.get(bucket)?.find((candidate) => holds(claims[candidate], x, y, z))
        if (box !== undefined) bucket = cellCount + box
      }
      if (z < low[bucket]) low[bucket] = z
      if (z > high[bucket]) high[bucket] = z
    }
    buckets[i] = bucket
    sizes[bucket] += 1
  }
  return { of: buckets, sizes, low, high }
}

function holds({ points_to_object: m, reach }: Claim, x: number, y: number, z: number): boolean {
  return (
    Math.abs(m[0] * x + m[1] * y + m[2] * z + m[3]) <= reach[0] &&
    Math.abs(m[4] * x + m[5] * y + m[6] * z + m[7]) <= reach[1] &&
    Math.abs(m[8] * x + m[9] * y + m[10] * z + m[11]) <= reach[2]
  )
}

/** Counting sort: keeps the order within a bucket, so the result depends on nothing but the sweep. */
function sorted(points: Float32Array, buckets: Buckets, claims: readonly Claim[]): Pick<PreparedSweep, 'points' | 'groups'> {
  const dropped = cellCount + claims.length
  const next = new Uint32Array(dropped)
  const groups: PointGroup[] = []
  let total = 0
  for (let bucket = 0; bucket < dropped; bucket += 1) {
    const count = buckets.sizes[bucket]
    next[bucket] = 3 * total
    if (count > 0) groups.push({ first: total, count, ...boundsOf(bucket, buckets, claims) })
    total += count
  }
  const out = new Float32Array(total * 3)
  const of = buckets.of
  for (let i = 0, p = 0; i < of.length; i += 1, p += 3) {
    const bucket = of[i]
    if (bucket === dropped) continue
    const at = next[bucket]
    next[bucket] = at + 3
    out[at] = points[p]
    out[at + 1] = points[p + 1]
    out[at + 2] = points[p + 2]
  }
  return { points: out, groups }
}

function boundsOf(bucket: number, { low, high }: Buckets, claims: readonly Claim[]): Pick<PointGroup, 'box' | 'centre' | 'radius'> {
  if (bucket >= cellCount) {
    const { centre, radius } = claims[bucket - cellCount]
    return { box: bucket - cellCount + 1, centre, radius }
  }
  const disc = cellDiscs[bucket]
  const [bottom, top] = [low[bucket], high[bucket]]
  return { box: 0, centre: [disc.x, disc.y, (bottom + top) / 2], radius: Math.hypot(disc.radius, (top - bottom) / 2) }
}
