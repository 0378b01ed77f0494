import { buildTrajectory, type Pose, type Trajectory } from '@virga/scenario'
import { VirgaError } from '@virga/errors'
import { eachTarMember } from '../tar/read-tar.ts'
import { memberName, requireWhole } from './frames.ts'
import { frameOffsetUs } from './layout.ts'
import { limits } from './limits.ts'
import { poseOfNpy } from './matrix.ts'

/** Poses by frame, whole from frame 0 on. */
export type FramePoses = ReadonlyMap<number, Pose>

/**
 * Reads a tar of 4x4 matrices, float32 or float64: `NNNNNN.<kind>.npy` (vehicle_pose) or `NNNNNN.<kind>.<name>.npy` (pose of each camera).
 *
 * @returns poses by the part of the name after the kind, '' for none
 * @throws VirgaError VIRGA_BAD_INPUT naming the tar, the member and what is wrong; a frame missing in the middle, too
 */
export async function readPoses(file: string, clip: string, kind: string): Promise<Map<string, FramePoses>> {
  const series = new Map<string, Map<number, Pose>>()
  const pattern = /^([^.]+?)(?:\.(.+))?\.npy$/
  await eachTarMember(file, limits.arrayBytes, (name, bytes) => {
    const member = memberName(file, clip, name)
    const [, , of = ''] = pattern.exec(member?.key ?? '') ?? []
    if (member?.frame === undefined || !pattern.test(member.key)) return
    const poses = series.get(of) ?? new Map<number, Pose>()
    if (poses.has(member.frame)) throw new VirgaError('VIRGA_BAD_INPUT', 'member is there twice', { file, record: name })
    poses.set(member.frame, poseOfNpy(bytes, { file, record: name }))
    series.set(of, poses)
  })
  for (const [of, poses] of series) {
    const sorted = new Map([...poses].sort(([a], [b]) => a - b))
    requireWhole([...sorted.keys()], file, of === '' ? `${kind}.npy` : `${kind}.${of}.npy`)
    series.set(of, sorted)
  }
  return series
}

/** The poses of frames up to `lastFrame` as a trajectory from the clip's start. */
export function trajectoryOf(poses: FramePoses, startUs: number, lastFrame: number, what: string): Trajectory {
  const kept = [...poses].filter(([frame]) => frame <= lastFrame)
  return buildTrajectory(
    {
      timesUs: kept.map(([frame]) => startUs + frameOffsetUs(frame)),
      translations: kept.flatMap(([, pose]) => pose.translation),
      rotations: kept.flatMap(([, pose]) => pose.rotation),
    },
    { what, recordOf: (i) => `frame ${kept[i][0]}` },
  )
}
