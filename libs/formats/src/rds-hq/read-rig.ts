import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import {
  type Camera,
  composePose,
  identityPose,
  invertPose,
  type MissingPart,
  normalizeQuat,
  type Pose,
  poseOfSample,
  type Trajectory,
} from '@virga/scenario'
import { type ExtrinsicEstimate, readExtrinsicEstimates } from './extrinsic-estimates.ts'
import { folders, tarOf } from './layout.ts'
import { type Intrinsics, readIntrinsics } from './read-intrinsics.ts'
import { type FramePoses, readPoses, trajectoryOf } from './read-poses.ts'
import { rdsHqCameras } from './tables/index.ts'

export type IntrinsicsKind = 'ftheta' | 'pinhole'

export interface RigRequest {
  readonly root: string
  readonly clip: string
  readonly intrinsics: IntrinsicsKind | undefined
  /** Folder of the camera poses; a novel trajectory lies beside `pose`. */
  readonly poseFolder: string
}

/** What is known of the cameras before the clip's length is. */
export interface RigParts {
  readonly kind: IntrinsicsKind
  readonly lenses: ReadonlyMap<string, Intrinsics>
  readonly poses: ReadonlyMap<string, FramePoses>
  readonly estimates: ReadonlyMap<string, ExtrinsicEstimate>
  readonly notes: readonly MissingPart[]
}

/** Reads intrinsics and camera poses. @throws VirgaError VIRGA_BAD_INPUT naming tar, member and field */
export async function readRigParts({ root, clip, intrinsics, poseFolder }: RigRequest): Promise<RigParts> {
  const notes: MissingPart[] = []
  const note = (detail: string): number => notes.push({ part: 'calibration', detail })
  const kinds: IntrinsicsKind[] = intrinsics === undefined ? await preferred(root, clip) : [intrinsics]
  const present: IntrinsicsKind[] = []
  for (const kind of kinds) if (await exists(tarOf(root, folders[kind], clip))) present.push(kind)
  const kind = present[0] ?? kinds[0]
  if (present.length === 0) note(`no ${kinds.map((name) => folders[name]).join(' or ')}/<clip>.tar`)
  else if (kind !== kinds[0]) note(`no ${folders[kinds[0]]}/<clip>.tar: cameras are ${kind} cameras`)
  const lenses = present.length === 0 ? new Map<string, Intrinsics>() : await readIntrinsics(tarOf(root, folders[kind], clip), clip, kind)
  const poseFile = tarOf(root, poseFolder, clip)
  const hasPoses = await exists(poseFile)
  if (!hasPoses) note(`no ${poseFolder}/<clip>.tar`)
  const poses = hasPoses ? await readPoses(poseFile, clip, basename(poseFolder)) : new Map<string, FramePoses>()
  for (const camera of poses.keys()) if (!lenses.has(camera)) note(`${poseFolder} has poses of ${camera}, which has no intrinsics`)
  const estimates = await readExtrinsicEstimates([root, dirname(root)])
  return { kind, lenses, poses, estimates, notes }
}

/** The cameras whose place is known, in the order of NVIDIA's tools. */
export function camerasOf(
  parts: RigParts,
  ego: Trajectory,
  startUs: number,
  lastFrame: number,
): { cameras: Camera[]; notes: MissingPart[] } {
  const notes = [...parts.notes]
  const unplaced: string[] = []
  const rank = (name: string): number => (rdsHqCameras as readonly string[]).indexOf(name) >>> 0
  const names = [...parts.lenses.keys()].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  const cameras = names.flatMap((name): Camera[] => {
    const lens = parts.lenses.get(name)
    const poses = parts.poses.get(name)
    const estimate = parts.estimates.get(name)
    if (lens === undefined) return []
    if (poses !== undefined) {
      const camera_to_world = trajectoryOf(poses, startUs, lastFrame, `poses of ${name}`)
      return [{ name, ...lens, camera_to_vehicle: meanPlace(camera_to_world, ego), camera_to_world }]
    }
    if (estimate === undefined) {
      unplaced.push(name)
      return []
    }
    notes.push({ part: 'calibration', detail: `camera ${name} is placed on the vehicle by ${basename(estimate.file)}` })
    return [{ name, ...lens, camera_to_vehicle: estimate.camera_to_vehicle }]
  })
  if (unplaced.length > 0) {
    notes.push({ part: 'calibration', detail: `left out, since nothing says where they are: ${unplaced.join(', ')}` })
  }
  return { cameras, notes }
}

/** The mean of a camera's poses relative to the vehicle: of translations, and of quaternions (which lie within a degree of each other). */
function meanPlace(camera: Trajectory, ego: Trajectory): Pose {
  const n = Math.min(camera.timesUs.length, ego.timesUs.length)
  const rotation: [number, number, number, number] = [0, 0, 0, 0]
  const translation: [number, number, number] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    const { rotation: q, translation: t } = composePose(invertPose(poseOfSample(ego, i)), poseOfSample(camera, i))
    const sign = q.reduce((sum, value, k) => sum + value * rotation[k], 0) < 0 ? -1 : 1
    for (let k = 0; k < 4; k++) rotation[k] += sign * q[k]
    for (let k = 0; k < 3; k++) translation[k] += t[k] / n
  }
  const isDefined = Math.hypot(...rotation) > 1e-9
  return { rotation: isDefined ? normalizeQuat(rotation) : identityPose.rotation, translation }
}

/** f-theta as NVIDIA's tools do, but for a clip whose writer says that its cameras are pinholes: their f-theta vectors are fits then. */
async function preferred(root: string, clip: string): Promise<IntrinsicsKind[]> {
  const file = join(root, folders.cameraModel, `${clip}.txt`)
  const word = (await exists(file)) ? (await readFile(file, 'utf8')).trim() : 'ftheta'
  return word === 'pinhole' ? ['pinhole', 'ftheta'] : ['ftheta', 'pinhole']
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() === true
}
