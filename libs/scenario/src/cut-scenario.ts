import { VirgaError } from '@virga/errors'
import type { Micros } from './geometry/types.ts'
import { poseAt } from './pose-at.ts'
import type { CameraFrames, Scenario } from './scenario.ts'
import { lowerBound, upperBound } from './search.ts'
import type { Track } from './track.ts'
import type { Trajectory } from './trajectory.ts'

/**
 * The piece of a scenario between two moments: poses, boxes, sweeps and images inside it, an interpolated ego pose at either end; map and rig stay
 * whole. Nothing is loaded.
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE if the piece does not lie in the scenario or is empty
 */
export function cutScenario(scenario: Scenario, startUs: Micros, endUs: Micros): Scenario {
  if (!(startUs >= scenario.startUs && endUs <= scenario.endUs && endUs > startUs)) {
    const expected = `a piece of ${scenario.startUs} to ${scenario.endUs} us`
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `there is no drive from ${startUs} to ${endUs} us`, { expected })
  }
  const cameras = scenario.rig.cameras.map((camera) =>
    camera.camera_to_world === undefined ? camera : { ...camera, camera_to_world: cutPath(camera.camera_to_world, startUs, endUs) },
  )
  const images = new Map<string, CameraFrames>()
  for (const [name, frames] of scenario.images) {
    const cut = cutFrames(frames, startUs, endUs)
    if (cut.timesUs.length > 0) images.set(name, cut)
  }
  return {
    ...scenario,
    startUs,
    endUs,
    rig: { ...scenario.rig, cameras },
    ego: cutPath(scenario.ego, startUs, endUs),
    tracks: scenario.tracks.flatMap((track) => cutTrack(track, startUs, endUs) ?? []),
    sweeps: scenario.sweeps.filter(({ timeUs }) => timeUs >= startUs && timeUs <= endUs),
    images,
  }
}

/** The samples inside, with interpolated ones at both ends where there are none. Nanosecond stamps go where a sample is new. */
function cutPath(path: Trajectory, startUs: Micros, endUs: Micros): Trajectory {
  const { timesUs } = path
  const [from, to] = [lowerBound(timesUs, startUs), upperBound(timesUs, endUs)]
  const needsStart = timesUs[from] !== startUs || from >= to
  const needsEnd = timesUs[to - 1] !== endUs
  if (!needsStart && !needsEnd) return sliceTrajectory(path, from, to)
  const ends = [...(needsStart ? [startUs] : []), ...(needsEnd ? [endUs] : [])].map((timeUs) => ({ timeUs, pose: poseAt(path, timeUs) }))
  const [first] = needsStart ? ends : []
  const last = needsEnd ? ends[ends.length - 1] : undefined
  const inner = sliceTrajectory(path, from, to)
  const joined = {
    timesUs: Float64Array.of(
      ...(first === undefined ? [] : [first.timeUs]),
      ...inner.timesUs,
      ...(last === undefined ? [] : [last.timeUs]),
    ),
    translations: Float64Array.of(...(first?.pose.translation ?? []), ...inner.translations, ...(last?.pose.translation ?? [])),
    rotations: Float64Array.of(...(first?.pose.rotation ?? []), ...inner.rotations, ...(last?.pose.rotation ?? [])),
  }
  if (inner.stampsNs === undefined) return joined
  // Microseconds are nanoseconds rounded down: the last pose covers everything of its microsecond.
  const nanos = (end: { timeUs: Micros } | undefined, more: bigint): bigint[] =>
    end === undefined ? [] : [BigInt(end.timeUs) * 1000n + more]
  return { ...joined, stampsNs: BigInt64Array.of(...nanos(first, 0n), ...inner.stampsNs, ...nanos(last, 999n)) }
}

function sliceTrajectory({ timesUs, translations, rotations, stampsNs }: Trajectory, from: number, to: number): Trajectory {
  return {
    timesUs: timesUs.slice(from, to),
    translations: translations.slice(3 * from, 3 * to),
    rotations: rotations.slice(4 * from, 4 * to),
    ...(stampsNs === undefined ? {} : { stampsNs: stampsNs.slice(from, to) }),
  }
}

function cutTrack(track: Track, startUs: Micros, endUs: Micros): Track | undefined {
  const { trajectory, sizes, moving, interiorPoints } = track
  const [from, to] = [lowerBound(trajectory.timesUs, startUs), upperBound(trajectory.timesUs, endUs)]
  if (from >= to) return undefined
  return {
    ...track,
    trajectory: sliceTrajectory(trajectory, from, to),
    sizes: sizes.slice(3 * from, 3 * to),
    ...(moving === undefined ? {} : { moving: moving.slice(from, to) }),
    ...(interiorPoints === undefined ? {} : { interiorPoints: interiorPoints.slice(from, to) }),
  }
}

function cutFrames(frames: CameraFrames, startUs: Micros, endUs: Micros): CameraFrames {
  const { timesUs, stampsNs } = frames
  const loadJpeg = frames.loadJpeg?.bind(frames)
  const [from, to] = [lowerBound(timesUs, startUs), upperBound(timesUs, endUs)]
  return {
    timesUs: timesUs.slice(from, to),
    ...(stampsNs === undefined ? {} : { stampsNs: stampsNs.slice(from, to) }),
    load: (index) => frames.load(from + index),
    ...(loadJpeg === undefined ? {} : { loadJpeg: (index: number) => loadJpeg(from + index) }),
  }
}
