import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { VirgaError } from '@virga/errors'
import type { Camera, MissingPart, Scenario } from '@virga/scenario'
import { writeTar } from '../tar/write-tar.ts'
import { folders } from './layout.ts'
import { rdsHqCameraNames } from './tables/index.ts'
import { calibrationOf, lostOfCalibration, type NamedCameras, type WrittenCamera } from './write-calibration.ts'
import { type ClipWindow, clipWindow, type WindowOptions } from './write-clip-window.ts'
import { arePinholes, lightStates, writeCameraModel, writeCaptions, writeLicence, writeLidarBeams, writeMask } from './write-extras.ts'
import { type GivenImages, writeVideos } from './write-images.ts'
import { lidarMembers, lostOfSweeps, sweepFrames } from './write-lidar.ts'
import { layerFiles, lostOfMap } from './write-map.ts'
import { clipObjects, lostOfObjects, objectMembers } from './write-objects.ts'
import { cameraPoses, timestamps, vehiclePoses } from './write-poses.ts'
import { publishClip } from './write-publish.ts'

export interface WriteRdsHqOptions extends WindowOptions {
  /** Cameras to write, by the scenario's names; default all. */
  readonly cameras?: readonly string[]
  /** Names of cameras in the clip: the scenario's own (default), or those of an RDS-HQ rig where a camera looks roughly there. */
  readonly cameraNames?: 'source' | 'rds-hq'
  /** Frames by the scenario's camera name instead of its own images: one for each 30 Hz frame of the clip, taken one by one. */
  readonly images?: GivenImages
  /** Whether a clip of the same id that is there is replaced. Other clips never are. */
  readonly replace?: boolean
  readonly signal?: AbortSignal
  /** Told what is being written, and how much of it is done. */
  readonly onProgress?: (part: string, done: number, total: number) => void
}

export interface WrittenClip {
  /** Absolute path of the data set folder. */
  readonly dir: string
  readonly clip: string
  /** 30 Hz frames. */
  readonly frames: number
  readonly boxes: number
  readonly sweeps: number
  readonly cameras: readonly WrittenCamera[]
  /** What of the scenario this format has no place for, or says in other words. */
  readonly notWritten: readonly MissingPart[]
}

/**
 * Writes a scenario, or a piece of it, as one clip of an RDS-HQ data set, as NVIDIA's Cosmos-Drive-Dreams tools read it: one tar per folder, frames
 * at 30 Hz, boxes and sweeps at 10 Hz, the world being the vehicle frame at the clip's start. Poses between the scenario's samples are
 * interpolated. Memory does not grow with the drive's length beyond its poses and boxes: sweeps and images go one at a time.
 *
 * @param dir the data set's folder: new, empty, or with other clips in it
 * @throws VirgaError VIRGA_CANNOT_WRITE, VIRGA_DISK_FULL, VIRGA_CANCELLED; VIRGA_UNKNOWN_NAME for a camera that the rig does not have;
 * VIRGA_OUT_OF_RANGE for a start or a camera path that does not fit; VIRGA_BAD_INPUT for what cannot be told in this format
 */
export async function writeRdsHq(scenario: Scenario, dir: string, options: WriteRdsHqOptions = {}): Promise<WrittenClip> {
  const clip = clipWindow(scenario, options)
  const cameras = namedCameras(scenario, options)
  const written = await publishClip(dir, clip.id, options.replace === true, (folder) => fill(folder, scenario, clip, cameras, options))
  return { dir: resolve(dir), clip: clip.id, frames: clip.timesUs.length, ...written }
}

async function fill(
  root: string,
  scenario: Scenario,
  clip: ClipWindow,
  cameras: NamedCameras,
  options: WriteRdsHqOptions,
): Promise<Omit<WrittenClip, 'dir' | 'clip' | 'frames'>> {
  const notWritten: MissingPart[] = []
  const lost = (part: MissingPart['part'], detail: string): unknown => notWritten.push({ part, detail })
  const step = (part: string, done: number, total: number): void => {
    if (options.signal?.aborted === true) throw new VirgaError('VIRGA_CANCELLED', 'writing the clip was cancelled')
    options.onProgress?.(part, done, total)
  }
  async function* counted(members: Parameters<typeof writeTar>[1], part: string, total: number) {
    let done = 0
    for await (const member of members) {
      yield member
      step(part, ++done, total)
    }
  }
  const tar = async (folder: string, members: Parameters<typeof writeTar>[1], total: number): Promise<void> => {
    await mkdir(join(root, folder), { recursive: true })
    await writeTar(join(root, folder, `${clip.id}.tar`), counted(members, folder, total))
  }
  const count = clip.timesUs.length

  if (!lacks(scenario, 'map')) {
    for (const { folder, member, bytes } of layerFiles(scenario, clip)) await tar(folder, [[member, bytes]], 1)
  }
  notWritten.push(...lostOfMap(scenario))
  const states = lightStates(scenario, clip)
  if (states !== undefined) await tar(folders.lightStates, [[`${clip.id}.aggregated_states.json`, states]], 1)

  await tar(folders.vehiclePose, vehiclePoses(scenario, clip), count)
  await tar(folders.timestamps, timestamps(clip), count)
  if (cameras.length > 0) await tar(folders.pose, cameraPoses(scenario, clip, cameras), count * cameras.length)
  const { ftheta, pinhole, cameras: calibrated } = calibrationOf(cameras, clip)
  if (ftheta.length > 0) await tar(folders.ftheta, ftheta, ftheta.length)
  if (pinhole.length > 0) await tar(folders.pinhole, pinhole, pinhole.length)
  for (const detail of lostOfCalibration(cameras, calibrated)) lost('calibration', detail)

  const objects = clipObjects(scenario, clip)
  if (!lacks(scenario, 'tracks')) await tar(folders.boxes, objectMembers(objects, clip), objects.frames.length)
  for (const detail of lostOfObjects(objects)) lost('tracks', detail)

  const chosen = sweepFrames(scenario, clip)
  if (chosen.length > 0) await tar(folders.lidar, lidarMembers(scenario, clip, chosen), chosen.length)
  for (const detail of lostOfSweeps(scenario, clip, chosen)) lost('sweeps', detail)

  await writeCameraModel(root, clip, cameras)
  const asFtheta = arePinholes(cameras) ? [] : calibrated.filter(({ fthetaErrorPixels }) => fthetaErrorPixels !== undefined)
  const fthetaNames = new Set(asFtheta.map(({ name }) => name))
  const lostImages = await writeVideos(root, scenario, clip, cameras, fthetaNames, options.images ?? {}, (folder, done) =>
    step(folder, done, count),
  )
  for (const detail of lostImages) lost('images', detail)
  await writeCaptions(root, scenario, clip)
  await writeLicence(root, scenario, clip)
  await writeLidarBeams(root, scenario, clip)
  const unmasked = await writeMask(root, scenario, clip, cameras)
  if (unmasked.length > 0) lost('other', `masks of the own vehicle of ${unmasked.join(', ')}: the format has one`)
  return { boxes: objects.boxes, sweeps: chosen.length, cameras: calibrated, notWritten }
}

/** A part that the source did not have is not invented as an empty one. */
function lacks(scenario: Scenario, part: 'map' | 'tracks'): boolean {
  return scenario[part].length === 0 && scenario.missing.some((missing) => missing.part === part)
}

function namedCameras(scenario: Scenario, options: WriteRdsHqOptions): NamedCameras {
  const { cameras } = scenario.rig
  const wanted = options.cameras ?? cameras.map((camera) => camera.name)
  const named = [...new Set([...wanted, ...Object.keys(options.images ?? {})])].map((name): readonly [string, Camera] => {
    const camera = cameras.find((one) => one.name === name)
    if (camera === undefined) {
      const expected = `one of ${cameras.map((one) => one.name).join(', ')}`
      throw new VirgaError('VIRGA_UNKNOWN_NAME', `there is no camera ${name}`, { expected })
    }
    const renamed = options.cameraNames === 'rds-hq' && Object.hasOwn(rdsHqCameraNames, name) ? rdsHqCameraNames[name] : name
    // Names stand between dots in members and in folder names.
    return [renamed.replaceAll(/[^\w-]/g, '_'), camera]
  })
  if (new Set(named.map(([name]) => name)).size < named.length) {
    throw new VirgaError('VIRGA_BAD_INPUT', 'two cameras would get the same name', {
      expected: 'cameras that look in different directions',
    })
  }
  return named
}
