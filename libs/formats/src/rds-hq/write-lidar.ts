import { composePose, type LidarSweep, nearestIndex, poseAt, poseToMat4, type Scenario } from '@virga/scenario'
import { encodeNpy } from '../npy/write-npy.ts'
import { encodeNpz } from '../npz/write-npz.ts'
import { type ClipWindow, frameName, halfKeyStepUs, keyFrames } from './write-clip-window.ts'

/** Columns of the sensor's turn. */
const columns = 3600

/** Which sweep is written at which frame. */
export function sweepFrames(scenario: Scenario, clip: ClipWindow): readonly (readonly [frame: number, sweep: number])[] {
  const times = scenario.sweeps.map((sweep) => sweep.timeUs)
  return keyFrames(clip).flatMap((frame): [number, number][] => {
    const index = nearestIndex(times, clip.timesUs[frame])
    const hasPose = index >= 0 && times[index] >= scenario.startUs && times[index] <= scenario.endUs
    return hasPose && Math.abs(times[index] - clip.timesUs[frame]) <= halfKeyStepUs ? [[frame, index]] : []
  })
}

/** What of the sweeps has no place, and which key frames have none. */
export function lostOfSweeps(scenario: Scenario, clip: ClipWindow, chosen: ReturnType<typeof sweepFrames>): string[] {
  const times = scenario.sweeps.map((sweep) => sweep.timeUs)
  const used = new Set(chosen.map(([, sweep]) => sweep))
  const last = clip.timesUs[clip.timesUs.length - 1]
  const unused = times.filter((timeUs, i) => timeUs >= clip.startUs && timeUs <= last && !used.has(i)).length
  const keys = keyFrames(clip).length
  const without = `${keys - chosen.length} of ${keys} key frames have no sweep within 50 ms; NVIDIA's LiDAR renderer wants one at each`
  return [
    ...(times.length > 0 && chosen.length < keys ? [without] : []),
    ...(unused > 0 ? [`${unused} sweeps that are nearest to no 10 Hz frame`] : []),
  ]
}

/**
 * `lidar_raw`: the nearest sweep of each key frame, read one at a time. Points go in the frame in which the source has them, value by value;
 * `lidar_to_world` says which that is, at the sweep's own stamp.
 */
export async function* lidarMembers(
  scenario: Scenario,
  clip: ClipWindow,
  chosen: ReturnType<typeof sweepFrames>,
): AsyncGenerator<readonly [string, Uint8Array]> {
  for (const [frame, index] of chosen) {
    const sweep = await scenario.sweeps[index].load()
    const lidar_to_world = composePose(clip.world_to_clip, composePose(poseAt(scenario.ego, sweep.timeUs), sweep.points_to_vehicle))
    const turnUs = turnOf(scenario, index)
    const n = sweep.points.length / 3
    const bytes = encodeNpz({
      xyz: encodeNpy([n, 3], sweep.points),
      intensity: encodeNpy([n], sweep.intensity ?? new Uint8Array(n)),
      row: encodeNpy([n], sweep.ring ?? new Uint8Array(n)),
      column: encodeNpy([n], columnsOf(sweep, turnUs)),
      starting_timestamp: encodeNpy([], BigInt64Array.of(BigInt(sweep.timeUs))),
      lidar_to_world: encodeNpy([4, 4], poseToMat4(lidar_to_world)),
    })
    yield [`${clip.id}.${frameName(frame)}.lidar_raw.npz`, bytes]
  }
}

/** Microseconds of the sensor's turn: to the next sweep, or as long as the turn before; a tenth of a second for a sweep alone. */
function turnOf({ sweeps }: Scenario, index: number): number {
  const from = sweeps.length < 2 ? undefined : Math.min(index, sweeps.length - 2)
  const turn = from === undefined ? 1e5 : sweeps[from + 1].timeUs - sweeps[from].timeUs
  return turn > 0 && turn < 1e6 ? turn : 1e5
}

/** The column that stands for each point's own time: linspace(start, next start, 3600)[column]. */
function columnsOf({ points, offsetsNs }: LidarSweep, turnUs: number): Uint16Array {
  const out = new Uint16Array(points.length / 3)
  offsetsNs?.forEach((offset, i) => {
    out[i] = Math.min(columns - 1, Math.max(0, Math.round((offset / 1000 / turnUs) * (columns - 1))))
  })
  return out
}
