import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type Progress, throwIfCancelled } from '@virga/augmentation'
import { VirgaError } from '@virga/errors'
import { writeArgoverse2, writeRdsHq } from '@virga/formats'
import type { Camera, LidarSweepSource, Scenario } from '@virga/scenario'
import { captionsFor, type LidarGridName, type Look, lookName, renderDrive, simulatedLidar, type SimulatedDrive } from '@virga/simulation'
import { isAlive } from './is-alive.ts'
import type { LazyDevice } from './lazy-device.ts'

export interface SimulatedLogRequest {
  /** Opened when there are images to draw. */
  readonly device: LazyDevice
  readonly drive: SimulatedDrive
  readonly look: Look
  readonly lidar: LidarGridName | 'none'
  /** Cameras whose images are drawn. */
  readonly images: readonly Camera[]
  readonly folder: string
  /** A clip of RDS-HQ has 30 frames a second: so must the drive. */
  readonly format: 'argoverse2' | 'rds-hq'
  /** Replace a log or clip that is there. */
  readonly replace: boolean
  readonly progress: Progress
  readonly signal: AbortSignal
}

export interface WrittenDrive {
  readonly folder: string
  readonly scenario: string
  readonly look: string
  readonly frames: number
  readonly fps: number
  /** Cameras that have images. */
  readonly images: readonly string[]
  readonly sweeps: number
  /** Id of the RDS-HQ clip. */
  readonly clip?: string
}

/**
 * Renders a drive's cameras in one look, casts its LiDAR and writes it as an Argoverse 2 log or as a clip of an RDS-HQ data set, which get their
 * names when they are complete.
 *
 * @throws VirgaError VIRGA_CANNOT_WRITE, VIRGA_DISK_FULL, VIRGA_CANCELLED, VIRGA_DEVICE
 */
export async function writeSimulatedLog(request: SimulatedLogRequest): Promise<WrittenDrive> {
  const { drive, look, format, replace, signal } = request
  const folder = resolve(request.folder)
  await removeAbandoned(folder)
  const scenario = measured(request)
  const frames = drive.frameTimes.length
  const images = request.images.map(({ name }) => name)
  const known = { folder, scenario: scenario.id, look: lookName(look), frames, fps: drive.fps, images }
  if (format === 'argoverse2') {
    const stamped = Object.fromEntries(request.images.map((camera) => [camera.name, stampedImages(request, camera)]))
    await writeArgoverse2(scenario, folder, { images: stamped, replace })
    return { ...known, sweeps: scenario.sweeps.length }
  }
  const plain = Object.fromEntries(request.images.map((camera) => [camera.name, plainImages(request, camera)]))
  const { clip, sweeps } = await writeRdsHq(scenario, folder, { seconds: frames / drive.fps, images: plain, replace, signal })
  return { ...known, sweeps, clip }
}

/**
 * The cameras whose images are asked for by name, by `all` or `none`; the first of the rig, which looks ahead, where nothing is asked.
 *
 * @throws VirgaError VIRGA_UNKNOWN_NAME
 */
export function picturedCameras(cameras: readonly Camera[], asked: readonly string[] | undefined): Camera[] {
  if (asked === undefined) return cameras.slice(0, 1)
  if (asked.length === 1 && asked[0] === 'none') return []
  if (asked.length === 1 && asked[0] === 'all') return [...cameras]
  return asked.map((name) => {
    const camera = cameras.find((one) => one.name === name)
    if (camera !== undefined) return camera
    const expected = `all, none or ${cameras.map((one) => one.name).join(', ')}`
    throw new VirgaError('VIRGA_UNKNOWN_NAME', `no camera ${name}`, { field: '--images', expected })
  })
}

/** The drive's scenario with captions and, where it is asked for, the LiDAR. */
function measured({ drive, look, lidar, format, progress, signal }: SimulatedLogRequest): Scenario {
  const { scenario } = drive
  const captioned = { ...scenario, captions: captionsFor(drive, look) }
  if (lidar === 'none') return captioned
  const { lidars, lidarBeams, sweeps } = simulatedLidar(drive, { grid: lidar, weather: look.weather })
  // A clip ends with its last frame; a log has a sweep for the boxes at its end too.
  const lastUs = format === 'rds-hq' ? scenario.startUs + Math.round(drive.frameTimes[drive.frameTimes.length - 1] * 1e6) : scenario.endUs
  const filmed = sweeps.filter(({ timeUs }) => timeUs <= lastUs)
  const stage = 'simulate LiDAR'
  const amount = { stage, total: filmed.length, unit: 'sweeps' }
  const watched = filmed.map((source, i): LidarSweepSource => ({
    ...source,
    load: async () => {
      throwIfCancelled(signal)
      if (i === 0) progress.report({ kind: 'stage-started', ...amount })
      const sweep = await source.load()
      progress.report({ kind: 'stage-progress', ...amount, done: i + 1 })
      if (i + 1 === filmed.length) progress.report({ kind: 'stage-finished', stage, reused: false, key: '' })
      return sweep
    },
  }))
  return { ...captioned, rig: { ...scenario.rig, lidars }, lidarBeams, sweeps: watched }
}

async function* stampedImages({ device, drive, look, progress, signal }: SimulatedLogRequest, { name, width, height }: Camera) {
  const stage = `simulate ${look.weather}/${look.lighting} ${name}`
  const amount = { stage, total: drive.frameTimes.length, unit: 'frames' }
  progress.report({ kind: 'stage-started', ...amount })
  let done = 0
  for await (const { rgb } of renderDrive(await device.open(), drive, { cameraName: name, width, height, look })) {
    throwIfCancelled(signal)
    const timeUs = drive.scenario.startUs + Math.round(drive.frameTimes[done] * 1e6)
    progress.report({ kind: 'stage-progress', ...amount, done: ++done })
    // A writer may take the last frame and not ask for more.
    if (done === amount.total) progress.report({ kind: 'stage-finished', stage, reused: false, key: '' })
    yield { stampNs: BigInt(timeUs) * 1000n, image: rgb }
  }
}

async function* plainImages(request: SimulatedLogRequest, camera: Camera) {
  for await (const { image } of stampedImages(request, camera)) yield image
}

/** Removes the unfinished folders that killed runs left beside the log's place. */
export async function removeAbandoned(folder: string): Promise<void> {
  const parent = dirname(folder)
  for (const name of await readdir(parent).catch(() => [])) {
    if (!name.startsWith(`.${basename(folder)}.partial-`)) continue
    const pid = Number(name.slice(`.${basename(folder)}.partial-`.length).split('-')[0])
    if (Number.isInteger(pid) && !isAlive(pid)) await rm(join(parent, name), { recursive: true, force: true })
  }
}
