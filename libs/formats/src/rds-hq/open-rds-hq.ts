import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { VirgaError } from '@virga/errors'
import type { MapElement, MissingPart, Scenario } from '@virga/scenario'
import { readLicence } from '../argoverse2/read-licence.ts'
import type { OpenLogOptions } from '../format.ts'
import { eachTarMember } from '../tar/read-tar.ts'
import { chooseClip, findRoot } from './clips.ts'
import { memberName } from './frames.ts'
import { clipStartUs, folders, tarOf } from './layout.ts'
import { limits } from './limits.ts'
import { type LightStates, parseLightStates, withLightStates } from './light-states.ts'
import { checkTimestamps, findMask, readCaptions, readLidarBeams } from './read-extras.ts'
import { readImages } from './read-images.ts'
import { readLayer } from './read-map.ts'
import { readObjects } from './read-objects.ts'
import { type FramePoses, readPoses, trajectoryOf } from './read-poses.ts'
import { camerasOf, readRigParts } from './read-rig.ts'
import { readSweeps } from './read-sweeps.ts'
import { mapLayers } from './tables/index.ts'

/**
 * Reads a clip of an RDS-HQ data set (NVIDIA Cosmos-Drive-Dreams). The world is the vehicle's frame at the clip's start; frame i is at the
 * clip's start plus i / 30 s.
 *
 * The vehicle poses are required. What else the clip does not have, or has with a reserve, is in `missing`; a part that is there but broken is an
 * error. LiDAR and images are listed now and read when they are asked for.
 *
 * @param path the data set's root, or a folder whose only such child it is
 * @throws VirgaError VIRGA_BAD_INPUT naming tar, member, field and what was expected; VIRGA_USAGE or VIRGA_UNKNOWN_NAME about the clip
 */
export async function openRdsHq(path: string, options: OpenLogOptions = {}): Promise<Scenario> {
  const root = await findRoot(path)
  const clip = await chooseClip(root, options.clip)
  const startUs = clipStartUs(clip)
  const egoFile = tarOf(root, folders.vehiclePose, clip)
  const egoPoses = (await readPoses(egoFile, clip, folders.vehiclePose)).get('')
  if (egoPoses === undefined) {
    throw new VirgaError('VIRGA_BAD_INPUT', 'the vehicle poses are missing', { file: egoFile, expected: `${clip}.000000.vehicle_pose.npy` })
  }
  const rig = await readRigParts({ root, clip, intrinsics: options.intrinsics, poseFolder: options.poseFolder ?? folders.pose })
  const { lastFrame, notes: lengths } = commonLength(egoPoses, rig.poses)
  const ego = trajectoryOf(egoPoses, startUs, lastFrame, 'vehicle poses')
  const frames = lastFrame + 1
  const { cameras, notes: rigNotes } = camerasOf(rig, ego, startUs, lastFrame)
  const map = await readMap(root, clip, { startUs, frames })
  const boxes = await optional(tarOf(root, folders.boxes, clip), (file) => readObjects(file, clip, startUs))
  const lidar = await optional(tarOf(root, folders.lidar, clip), (file) => readSweeps(file, clip, startUs, ego))
  const { images, notes: imageNotes } = await readImages(root, clip, rig.kind, cameras, { startUs, frames })
  const captions = await readCaptions(root, clip)
  const vehicleMasks = await findMask(root, clip)
  const lidarBeams = await readLidarBeams(root, clip)
  const licence = await licenceOf(root, clip)
  const absent = (part: MissingPart['part'], folder: string): MissingPart => ({ part, detail: `no ${folder}/<clip>.tar` })
  const missing: MissingPart[] = [
    ...lengths,
    ...rigNotes,
    ...map.notes,
    ...(boxes?.notes ?? [absent('tracks', folders.boxes)]),
    ...lateBoxes(boxes?.tracks ?? [], ego.timesUs[ego.timesUs.length - 1]),
    ...(lidar?.notes ?? [absent('sweeps', folders.lidar)]),
    ...imageNotes,
    ...(captions === undefined ? [{ part: 'other', detail: `no ${folders.captions}/<clip>.txt` } as const] : []),
    ...(await checkTimestamps(root, clip)),
    ...(licence === undefined
      ? [{ part: 'licence', detail: 'no licence file; the published data set has terms of its own' } as const]
      : []),
  ]
  return {
    id: clip,
    origin: { format: 'rds-hq', uri: root, ...(licence === undefined ? {} : { licence }) },
    startUs: ego.timesUs[0],
    endUs: ego.timesUs[ego.timesUs.length - 1],
    rig: { cameras, lidars: [] },
    ego,
    map: map.elements,
    tracks: boxes?.tracks ?? [],
    sweeps: lidar?.sweeps ?? [],
    images,
    ...(captions === undefined ? {} : { captions }),
    ...(vehicleMasks === undefined ? {} : { vehicleMasks }),
    ...(lidarBeams === undefined ? {} : { lidarBeams }),
    missing,
  }
}

/** The clip ends with the shortest of its series of poses: a frame is drawn from all of them. */
function commonLength(ego: FramePoses, cameras: ReadonlyMap<string, FramePoses>): { lastFrame: number; notes: MissingPart[] } {
  const lastOf = (poses: FramePoses): number => Math.max(...poses.keys())
  const ends = [
    [folders.vehiclePose, lastOf(ego)] as const,
    ...[...cameras].map(([name, poses]) => [`pose of ${name}`, lastOf(poses)] as const),
  ]
  const lastFrame = Math.min(...ends.map(([, last]) => last))
  const longer = ends.filter(([, last]) => last > lastFrame).map(([name, last]) => `${name} ${last}`)
  if (longer.length === 0) return { lastFrame, notes: [] }
  const detail = `poses end at different frames: the clip ends at frame ${lastFrame} (${longer.slice(0, 3).join(', ')})`
  return { lastFrame, notes: [{ part: 'other', detail }] }
}

async function readMap(
  root: string,
  clip: string,
  span: { readonly startUs: number; readonly frames: number },
): Promise<{ elements: MapElement[]; notes: MissingPart[] }> {
  const elements: MapElement[] = []
  const notes: MissingPart[] = []
  for (const layer of mapLayers) {
    const content = await optional(tarOf(root, layer.folder, clip), (file) => readLayer(file, clip, layer))
    elements.push(...(content?.elements ?? []))
    notes.push(...(content?.notes ?? [{ part: 'map', detail: `no ${layer.folder}/<clip>.tar` } as const]))
  }
  const lights = await optional(tarOf(root, folders.lightStates, clip), (file) => readLightStates(file, clip))
  if (lights === undefined) return { elements, notes }
  const lit = withLightStates(elements, lights, span)
  return { elements: lit.map, notes: [...notes, ...lit.notes] }
}

async function readLightStates(file: string, clip: string): Promise<LightStates> {
  let states: LightStates = new Map()
  await eachTarMember(file, limits.jsonBytes, (name, bytes) => {
    if (memberName(file, clip, name)?.key === 'aggregated_states.json') states = parseLightStates(bytes, { file, record: name })
  })
  return states
}

function lateBoxes(tracks: Scenario['tracks'], endUs: number): MissingPart[] {
  const late = tracks.filter(({ trajectory: { timesUs } }) => timesUs[timesUs.length - 1] > endUs).length
  return late === 0 ? [] : [{ part: 'tracks', detail: `all_object_info: ${late} tracks have boxes after the last pose` }]
}

/** The clip's own licence file, which this project's writer adds, else that of the data set. */
async function licenceOf(root: string, clip: string): Promise<string | undefined> {
  const file = join(root, folders.licence, `${clip}.txt`)
  if ((await stat(file).catch(() => undefined))?.isFile() === true) return (await readFile(file, 'utf8')).trim().slice(0, 400)
  return (await readLicence(root)) ?? (dirname(root) === root ? undefined : readLicence(dirname(root)))
}

async function optional<T>(file: string, read: (file: string) => Promise<T>): Promise<T | undefined> {
  return (await stat(file).catch(() => undefined)) === undefined ? undefined : read(file)
}
