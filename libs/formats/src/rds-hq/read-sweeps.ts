import type { ErrorPlace } from '@virga/errors'
import { composePose, invertPose, type LidarSweep, type LidarSweepSource, type MissingPart, poseAt, type Trajectory } from '@virga/scenario'
import { readTarMember } from '../tar/read-tar.ts'
import { openNpz } from '../npz/read-npz.ts'
import type { NpyValues } from '../npy/parse-npy.ts'
import { failAt } from './fail.ts'
import { gapsIn, listFrames } from './frames.ts'
import { frameOffsetUs, framesPerKey } from './layout.ts'
import { limits } from './limits.ts'
import { rigidPose } from './matrix.ts'

/** Columns of the sensor's turn; a point's own time is its column's share of the 0.1 s until the next sweep. */
const columns = 3600
const turnNs = 1e8

/**
 * Lists the sweeps of a clip by the headers of their tar; the points are read when a sweep is asked for.
 *
 * @param ego its range bounds the sweeps; a sweep's `lidar_to_world` is given relative to its pose at the sweep's frame
 */
export async function readSweeps(
  file: string,
  clip: string,
  startUs: number,
  ego: Trajectory,
): Promise<{ sweeps: LidarSweepSource[]; notes: MissingPart[] }> {
  const listed = await listFrames(file, clip, 'lidar_raw.npz')
  const endUs = ego.timesUs[ego.timesUs.length - 1]
  const within = listed.filter(({ frame }) => startUs + frameOffsetUs(frame) <= endUs)
  const gaps = gapsIn(
    listed.map(({ frame }) => frame),
    framesPerKey,
  )
  const notes: MissingPart[] = []
  if (gaps !== undefined) notes.push({ part: 'sweeps', detail: `lidar_raw: no sweep at frame ${gaps}` })
  if (within.length < listed.length) {
    notes.push({ part: 'sweeps', detail: `lidar_raw: ${listed.length - within.length} sweeps after the last pose are left out` })
  }
  const sweeps = within.map(({ frame, member }): LidarSweepSource => {
    const timeUs = startUs + frameOffsetUs(frame)
    const load = async (): Promise<LidarSweep> => {
      const bytes = await readTarMember(file, member, limits.sweepBytes)
      return parseSweep(bytes, timeUs, ego, { file, record: member.name })
    }
    return { timeUs, load }
  })
  return { sweeps, notes }
}

/**
 * Parses `lidar_raw.npz`: xyz (N x 3, sensor frame, compensated to the start of the spin), lidar_to_world, and where there are intensity, row and
 * column. Intensities as floats up to 1 are scaled to 0..255.
 *
 * @returns the sweep with `points_to_vehicle` such that the ego pose at `timeUs` after it is `lidar_to_world`
 * @throws VirgaError VIRGA_BAD_INPUT naming tar, member and array
 */
export function parseSweep(bytes: Uint8Array, timeUs: number, ego: Trajectory, place: ErrorPlace): LidarSweep {
  const fail = failAt(place)
  const npz = openNpz(bytes, place)
  const xyz = npz.read('xyz')
  const n = xyz.shape[0] ?? 0
  if (xyz.shape.length !== 2 || xyz.shape[1] !== 3 || !xyz.type.startsWith('f')) {
    fail(`array is ${xyz.type} of shape ${xyz.shape.join(' x ')}`, 'xyz', 'N x 3 floats')
  }
  if (n > limits.sweepPoints) fail(`sweep has ${n} points`, 'xyz', `at most ${limits.sweepPoints}`)
  const points = xyz.values instanceof Float32Array ? xyz.values : Float32Array.from(xyz.values as Float64Array)
  const { coordinate } = limits
  for (let i = 0; i < points.length; i++) {
    if (!(Math.abs(points[i]) <= coordinate)) fail(`${'xyz'[i % 3]} of point ${Math.floor(i / 3)} is ${points[i]}`, 'xyz', 'metres')
  }
  const matrix = npz.read('lidar_to_world')
  if (matrix.shape.join() !== '4,4') fail(`array has shape ${matrix.shape.join(' x ')}`, 'lidar_to_world', '4 x 4')
  const lidar_to_world = rigidPose(Array.from<number | bigint, number>(matrix.values, Number), fail, 'lidar_to_world')
  const perPoint = (name: string): NpyValues | undefined => {
    if (!npz.names.includes(name)) return undefined
    const { shape, values } = npz.read(name)
    if (values.length !== n) fail(`array has shape ${shape.join(' x ')}`, name, `${n} values, one for each point`)
    return values
  }
  const [intensity, ring, column] = ['intensity', 'row', 'column'].map(perPoint)
  return {
    timeUs,
    points,
    points_to_vehicle: composePose(invertPose(poseAt(ego, timeUs)), lidar_to_world),
    ...(intensity === undefined ? {} : { intensity: bytesOf(intensity, isShare(intensity)) }),
    ...(ring === undefined ? {} : { ring: bytesOf(ring, false) }),
    ...(column === undefined ? {} : { offsetsNs: offsetsOf(column) }),
  }
}

/** Nanoseconds from the sweep's start at which the sensor looked along each column. */
function offsetsOf(columnOfPoint: NpyValues): Int32Array {
  const out = new Int32Array(columnOfPoint.length)
  const step = turnNs / (columns - 1)
  for (let i = 0; i < out.length; i++) out[i] = Math.round(Number(columnOfPoint[i]) * step)
  return out
}

/** Rounded and clamped to 0..255; floats up to 1 are shares of 255. */
function bytesOf(values: NpyValues, isShare: boolean): Uint8Array {
  if (values instanceof Uint8Array) return values
  const out = new Uint8ClampedArray(values.length)
  const scale = isShare ? 255 : 1
  for (let i = 0; i < out.length; i++) out[i] = Number(values[i]) * scale
  return new Uint8Array(out.buffer)
}

function isShare(values: NpyValues): boolean {
  return (values instanceof Float32Array || values instanceof Float64Array) && values.every((value) => !(value > 1))
}
