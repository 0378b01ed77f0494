import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { VirgaError } from '@virga/errors'
import {
  type Camera,
  composePose,
  invertPose,
  type LidarSensor,
  type PinholeModel,
  type Pose,
  poseOfSample,
  type Track,
  type Trajectory,
} from '@virga/scenario'
import { type OutColumn, writeFeather } from '../feather/write-feather.ts'
import { categories, categoryOfClass } from './categories.ts'
import { parts } from './layout.ts'
import { type EgoTrajectory, poseAtStamp } from './read-poses.ts'

/** Nanosecond stamps of a trajectory: the source's own, else its microseconds. */
export function stampsOf(trajectory: Pick<Trajectory, 'timesUs' | 'stampsNs'>): BigInt64Array {
  return trajectory.stampsNs ?? BigInt64Array.from(trajectory.timesUs, (time) => BigInt(time) * 1000n)
}

/**
 * Writes the ego poses, and one more, interpolated, for every stamp of a box, sweep or image that has none: the public API looks poses up by
 * the exact stamp.
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE for a stamp outside the trajectory
 */
export async function writePoses(folder: string, ego: EgoTrajectory, used: Iterable<bigint>): Promise<void> {
  const own = new Set(ego.stampsNs)
  const extra = [...new Set(used)].filter((stamp) => !own.has(stamp))
  const stamps = BigInt64Array.from([...ego.stampsNs, ...extra]).sort()
  const poses = extra.length === 0 ? Array.from(stamps, (_, i) => rawPose(ego, i)) : Array.from(stamps, (stamp) => poseAt(ego, stamp))
  await writeFeather(join(folder, parts.poses), { timestamp_ns: { kind: 'int64', values: stamps }, ...poseColumnsOf(poses) })
}

/** The sample as it is, so that a pose which was read goes back bit by bit. */
function rawPose({ rotations: r, translations: t }: Trajectory, i: number): Pose {
  return { rotation: [r[4 * i], r[4 * i + 1], r[4 * i + 2], r[4 * i + 3]], translation: [t[3 * i], t[3 * i + 1], t[3 * i + 2]] }
}

function poseAt(ego: EgoTrajectory, stamp: bigint): Pose {
  const pose = poseAtStamp(ego, stamp)
  if (pose !== undefined) return pose
  const expected = `${ego.stampsNs[0]} to ${ego.stampsNs[ego.stampsNs.length - 1]} ns`
  throw new VirgaError('VIRGA_OUT_OF_RANGE', `stamp ${stamp} ns lies outside the ego poses`, { expected })
}

/** Writes the tracks as boxes in the vehicle frame of their stamps, in time order. */
export async function writeAnnotations(folder: string, ego: EgoTrajectory, tracks: readonly Track[]): Promise<void> {
  const rows = tracks.flatMap((track, order) => Array.from(stampsOf(track.trajectory), (stamp, i) => ({ track, order, stamp, i })))
  rows.sort((a, b) => (a.stamp < b.stamp ? -1 : a.stamp > b.stamp ? 1 : a.order - b.order))
  const sizes = (axis: number): OutColumn => ({
    kind: 'float64',
    values: Float64Array.from(rows, ({ track, i }) => track.sizes[3 * i + axis]),
  })
  const boxes = rows.map(({ track, stamp, i }) => composePose(invertPose(poseAt(ego, stamp)), poseOfSample(track.trajectory, i)))
  const category = ({ sourceCategory, class: name }: Track): string =>
    sourceCategory in categories ? sourceCategory : categoryOfClass[name]
  await writeFeather(join(folder, parts.annotations), {
    timestamp_ns: { kind: 'int64', values: BigInt64Array.from(rows, (row) => row.stamp) },
    track_uuid: { kind: 'utf8', values: rows.map((row) => row.track.id) },
    category: { kind: 'utf8', values: rows.map((row) => category(row.track)) },
    length_m: sizes(0),
    width_m: sizes(1),
    height_m: sizes(2),
    ...poseColumnsOf(boxes),
    num_interior_pts: { kind: 'int64', values: BigInt64Array.from(rows, ({ track, i }) => track.interiorPoints?.[i] ?? 0n) },
  })
}

export type PinholeCamera = Camera & { readonly model: PinholeModel }

export async function writeCalibration(folder: string, cameras: readonly PinholeCamera[], lidars: readonly LidarSensor[]): Promise<void> {
  await mkdir(dirname(join(folder, parts.intrinsics)), { recursive: true })
  const number = (pick: (camera: PinholeCamera) => number): OutColumn => ({ kind: 'float64', values: Float64Array.from(cameras, pick) })
  await writeFeather(join(folder, parts.intrinsics), {
    sensor_name: { kind: 'utf8', values: cameras.map((camera) => camera.name) },
    fx_px: number((camera) => camera.model.fx),
    fy_px: number((camera) => camera.model.fy),
    cx_px: number((camera) => camera.model.cx),
    cy_px: number((camera) => camera.model.cy),
    k1: number((camera) => camera.removedDistortion?.[0] ?? 0),
    k2: number((camera) => camera.removedDistortion?.[1] ?? 0),
    k3: number((camera) => camera.removedDistortion?.[2] ?? 0),
    height_px: { kind: 'uint16', values: Uint16Array.from(cameras, (camera) => camera.height) },
    width_px: { kind: 'uint16', values: Uint16Array.from(cameras, (camera) => camera.width) },
  })
  await writeFeather(join(folder, parts.extrinsics), {
    sensor_name: { kind: 'utf8', values: [...cameras, ...lidars].map((sensor) => sensor.name) },
    ...poseColumnsOf([...cameras.map((camera) => camera.camera_to_vehicle), ...lidars.map((lidar) => lidar.lidar_to_vehicle)]),
  })
}

function poseColumnsOf(poses: readonly Pose[]): Record<string, OutColumn> {
  const column = (pick: (pose: Pose) => number): OutColumn => ({ kind: 'float64', values: Float64Array.from(poses, pick) })
  return {
    qw: column((pose) => pose.rotation[0]),
    qx: column((pose) => pose.rotation[1]),
    qy: column((pose) => pose.rotation[2]),
    qz: column((pose) => pose.rotation[3]),
    tx_m: column((pose) => pose.translation[0]),
    ty_m: column((pose) => pose.translation[1]),
    tz_m: column((pose) => pose.translation[2]),
  }
}
