import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { VirgaError } from '@virga/errors'
import type { Camera, LidarSensor, MissingPart, Scenario } from '@virga/scenario'
import { writeFolder } from '../write-folder.ts'
import type { EgoTrajectory } from './read-poses.ts'
import { isArgoverse2 } from './recognise.ts'
import { writeMap } from './write-map.ts'
import { encoded, framesOf, type StampedImage, writeFrames, writeSweeps } from './write-sensors.ts'
import { type PinholeCamera, stampsOf, writeAnnotations, writeCalibration, writePoses } from './write-tables.ts'

export interface WriteArgoverse2Options {
  /** Frames by camera name, in time order, instead of the scenario's own; taken one by one as they are written. */
  readonly images?: Readonly<Record<string, AsyncIterable<StampedImage>>>
  /** JPEG quality 1..100 of frames that are encoded here. */
  readonly jpegQuality?: number
  /** Whether an Argoverse 2 log at the place is replaced; anything else there never is. */
  readonly replace?: boolean
}

export interface WrittenLog {
  /** Absolute path of the log. */
  readonly dir: string
  /** What of the scenario this format has no place for. */
  readonly notWritten: readonly MissingPart[]
}

/**
 * Writes a scenario as an Argoverse 2 sensor log: Feather files with LZ4 frames, vector map, JPEG images and a LICENSE.txt with the licence
 * that the scenario states. The public `av2` package reads it. The folder appears under its name only when it is complete.
 *
 * @param dir the log's own folder, new or empty
 * @throws VirgaError VIRGA_CANNOT_WRITE, VIRGA_DISK_FULL; VIRGA_UNKNOWN_NAME for images of a camera that the rig does not have; VIRGA_OUT_OF_RANGE
 * for a box, sweep or image outside the ego poses; VIRGA_BAD_INPUT for frames of a wrong size or out of order
 */
export async function writeArgoverse2(scenario: Scenario, dir: string, options: WriteArgoverse2Options = {}): Promise<WrittenLog> {
  for (const name of Object.keys(options.images ?? {})) cameraNamed(scenario, name)
  const mayReplace = async (): Promise<boolean> => options.replace === true && (await isArgoverse2(dir))
  const notWritten = await writeFolder(dir, (folder) => fill(folder, scenario, options), mayReplace)
  return { dir: resolve(dir), notWritten }
}

async function fill(folder: string, scenario: Scenario, options: WriteArgoverse2Options): Promise<MissingPart[]> {
  const ego: EgoTrajectory = { ...scenario.ego, stampsNs: stampsOf(scenario.ego) }
  const cameras = scenario.rig.cameras.filter((camera): camera is PinholeCamera => camera.model.kind === 'pinhole')
  const notWritten = scenario.rig.cameras
    .filter((camera) => camera.model.kind !== 'pinhole')
    .map((camera): MissingPart => ({
      part: 'calibration',
      detail: `camera ${camera.name} and its images: ${camera.model.kind} is no pinhole`,
    }))
  const used: bigint[] = []
  for (const name of new Set([...scenario.images.keys(), ...Object.keys(options.images ?? {})])) {
    const camera = cameras.find((one) => one.name === name)
    if (camera === undefined) continue
    used.push(...(await writeFrames(folder, camera, sourceOf(scenario, camera, options))))
  }
  used.push(...(await writeSweeps(folder, scenario.sweeps)))
  for (const track of scenario.tracks) used.push(...stampsOf(track.trajectory))
  await writePoses(folder, ego, used)
  if (!lacks(scenario, 'tracks')) await writeAnnotations(folder, ego, scenario.tracks)
  if (!lacks(scenario, 'map')) notWritten.push(...(await writeMap(folder, scenario)))
  if (cameras.length + scenario.rig.lidars.length > 0) await writeCalibration(folder, cameras, await lidarsOf(scenario))
  if (scenario.origin.licence !== undefined) await writeFile(join(folder, 'LICENSE.txt'), `${scenario.origin.licence}\n`)
  return notWritten
}

function sourceOf(scenario: Scenario, camera: PinholeCamera, { images, jpegQuality = 95 }: WriteArgoverse2Options) {
  const given = images?.[camera.name]
  if (given !== undefined) return encoded(camera, given, jpegQuality)
  const frames = scenario.images.get(camera.name)
  if (frames === undefined) throw new VirgaError('VIRGA_INTERNAL', `no frames of camera ${camera.name}`)
  return framesOf(camera, frames, jpegQuality)
}

/** A part that the source did not have is not invented as an empty one. */
function lacks(scenario: Scenario, part: MissingPart['part']): boolean {
  const empty = part === 'map' ? scenario.map.length === 0 : scenario.tracks.length === 0
  return empty && scenario.missing.some((missing) => missing.part === part)
}

/** The public API wants these two for every sweep; a rig with another LiDAR gives them its pose. */
async function lidarsOf(scenario: Scenario): Promise<readonly LidarSensor[]> {
  const { lidars } = scenario.rig
  if (scenario.sweeps.length === 0) return lidars
  const lidar_to_vehicle = lidars[0]?.lidar_to_vehicle ?? (await scenario.sweeps[0].load()).points_to_vehicle
  const absent = ['up_lidar', 'down_lidar'].filter((name) => !lidars.some((lidar) => lidar.name === name))
  return [...lidars, ...absent.map((name) => ({ name, lidar_to_vehicle }))]
}

function cameraNamed(scenario: Scenario, name: string): Camera {
  const { cameras } = scenario.rig
  const camera = cameras.find((one) => one.name === name)
  if (camera !== undefined) return camera
  throw new VirgaError('VIRGA_UNKNOWN_NAME', `there is no camera ${name}`, {
    expected: `one of ${cameras.map((one) => one.name).join(', ')}`,
  })
}
