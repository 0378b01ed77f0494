import type { Mat4, Vec3 } from '@virga/scenario'
import type { PreparedSweep } from '../prepare-sweep.ts'

/** Neighbouring points of a sweep that one transform brings into the camera's frame. */
export interface PointRun {
  readonly sweep: number
  readonly first: number
  readonly count: number
  readonly points_to_camera: Mat4
}

export interface VisibleRuns {
  /**
   * Runs of groups that may land in the picture, from its left to its right, all sweeps together: what is summed one after the other then lies
   * in the same columns and stays in the processor's caches.
   */
  readonly runs: readonly PointRun[]
  /** The largest camera z of any point in front of the camera, in the picture or not; 0 if there is none. */
  readonly farthest: number
}

/** Sectors in front of the camera by which runs are ordered. */
const sectors = 64

/**
 * Culls the groups of a frame's sweeps by their bounding spheres.
 *
 * @param transforms per sweep those of `sweepTransforms`
 * @param sides of `viewSides`
 */
export function visibleRuns(
  sweeps: readonly PreparedSweep[],
  transforms: readonly (readonly (Mat4 | undefined)[])[],
  sides: readonly Vec3[],
): VisibleRuns {
  const bySector = Array.from({ length: sectors + 1 }, (): MutableRun[] => [])
  const reaches: (PointRun & { readonly reach: number })[] = []
  sweeps.forEach(({ groups }, sweep) => {
    for (const { first, count, box, centre, radius } of groups) {
      const m = transforms[sweep][box]
      if (m === undefined) continue
      const x = m[0] * centre[0] + m[1] * centre[1] + m[2] * centre[2] + m[3]
      const y = m[4] * centre[0] + m[5] * centre[1] + m[6] * centre[2] + m[7]
      const z = m[8] * centre[0] + m[9] * centre[1] + m[10] * centre[2] + m[11]
      // A centimetre for the rounding of points and spheres to float32.
      const reach = radius + 0.01
      if (z + reach <= 0) continue
      reaches.push({ sweep, first, count, points_to_camera: m, reach: z + reach })
      if (sides.some((side) => side[0] * x + side[1] * y + side[2] * z < -reach)) continue
      const across = x / (Math.abs(x) + Math.max(z, 0) || 1)
      const runs = bySector[Math.floor(((across + 1) / 2) * sectors)]
      const last = runs.at(-1)
      if (last?.points_to_camera === m && last.first + last.count === first) last.count += count
      else runs.push({ sweep, first, count, points_to_camera: m })
    }
  })
  return { runs: bySector.flat(), farthest: farthestOf(sweeps, reaches) }
}

type MutableRun = { -readonly [K in keyof PointRun]: PointRun[K] }

/** Looks at points only where a group may hold a farther one than those seen so far. */
function farthestOf(sweeps: readonly PreparedSweep[], reaches: readonly (PointRun & { readonly reach: number })[]): number {
  let farthest = 0
  const look = ({ sweep, first, count, points_to_camera: m }: PointRun): void => {
    const { points } = sweeps[sweep]
    for (let p = 3 * first; p < 3 * (first + count); p += 3) {
      const z = m[8] * points[p] + m[9] * points[p + 1] + m[10] * points[p + 2] + m[11]
      if (z > farthest) farthest = z
    }
  }
  const likeliest = reaches.reduce((best, group) => (group.reach > (best?.reach ?? 0) ? group : best), reaches.at(0))
  if (likeliest !== undefined) look(likeliest)
  for (const group of reaches) if (group.reach > farthest) look(group)
  return farthest
}
