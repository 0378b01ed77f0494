import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import { buildTrajectory, lerpVec, lowerBound, type Pose, poseOfSample, slerp, type Trajectory } from '@virga/scenario'
import { readFeather } from '../feather/read-feather.ts'
import { exists } from './files.ts'
import { microsOf, parts, poseColumns } from './layout.ts'

/** The vehicle's poses in the city frame, with their nanosecond stamps. */
export type EgoTrajectory = Trajectory & { readonly stampsNs: BigInt64Array }

/**
 * Reads city_SE3_egovehicle.feather, without which there is no drive.
 *
 * @throws VirgaError VIRGA_BAD_INPUT if the file is missing, empty or broken, or its stamps do not rise
 */
export async function readPoses(folder: string): Promise<EgoTrajectory> {
  const file = join(folder, parts.poses)
  if (!(await exists(file))) {
    throw new VirgaError('VIRGA_BAD_INPUT', 'the ego poses are missing', {
      file,
      expected: 'a Feather file of the vehicle poses in the city frame',
    })
  }
  const { columns: c, rows } = await readFeather(file, { timestamp_ns: 'int64', ...poseColumns })
  const stampsNs = c.timestamp_ns
  const translations = new Float64Array(3 * rows)
  const rotations = new Float64Array(4 * rows)
  for (let i = 0; i < rows; i++) {
    translations.set([c.tx_m[i], c.ty_m[i], c.tz_m[i]], 3 * i)
    rotations.set([c.qw[i], c.qx[i], c.qy[i], c.qz[i]], 4 * i)
  }
  const timesUs = Float64Array.from(stampsNs, microsOf)
  const trajectory = buildTrajectory(
    { timesUs, translations, rotations, stampsNs },
    {
      file,
      what: 'ego poses',
      recordOf: (row) => `row ${row}`,
      fields: { time: 'timestamp_ns', translation: ['tx_m', 'ty_m', 'tz_m'], rotation: 'qw, qx, qy, qz' },
    },
  )
  return { ...trajectory, stampsNs }
}

/** The pose at a nanosecond stamp: the row with that stamp, else interpolated; undefined outside the trajectory. */
export function poseAtStamp(trajectory: EgoTrajectory, stampNs: bigint): Pose | undefined {
  const { stampsNs } = trajectory
  const low = lowerBound(stampsNs, stampNs)
  if (stampsNs[low] === stampNs) return poseOfSample(trajectory, low)
  if (low === 0 || low === stampsNs.length) return undefined
  const t = Number(stampNs - stampsNs[low - 1]) / Number(stampsNs[low] - stampsNs[low - 1])
  const [before, after] = [poseOfSample(trajectory, low - 1), poseOfSample(trajectory, low)]
  return { rotation: slerp(before.rotation, after.rotation, t), translation: lerpVec(before.translation, after.translation, t) }
}
