import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type Progress, throwIfCancelled } from '@virga/augmentation'
import { writeArgoverse2, writeRdsHq } from '@virga/formats'
import type { RenderDevice } from '@virga/rendering'
import { type Look, lookName, renderDrive, type SimulatedDrive } from '@virga/simulation'
import { isAlive } from './is-alive.ts'

export interface SimulatedLogRequest {
  readonly device: RenderDevice
  readonly drive: SimulatedDrive
  readonly look: Look
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
  /** Id of the RDS-HQ clip. */
  readonly clip?: string
}

/**
 * Renders the drive's camera in one look and writes the drive with its images as an Argoverse 2 log or as a clip of an RDS-HQ data set, which get
 * their names when they are complete.
 *
 * @throws VirgaError VIRGA_CANNOT_WRITE, VIRGA_DISK_FULL, VIRGA_CANCELLED, VIRGA_DEVICE
 */
export async function writeSimulatedLog(request: SimulatedLogRequest): Promise<WrittenDrive> {
  const { device, drive, look, progress, signal } = request
  const folder = resolve(request.folder)
  await removeAbandoned(folder)
  const [camera] = drive.scenario.rig.cameras
  const { width, height, name } = camera
  const count = drive.frameTimes.length
  const stage = `simulate ${look.weather}/${look.lighting}`
  const amount = { stage, total: count, unit: 'frames' }
  async function* images() {
    let done = 0
    for await (const { rgb } of renderDrive(device, drive, { cameraName: name, width, height, look })) {
      throwIfCancelled(signal)
      const timeUs = drive.scenario.startUs + Math.round(drive.frameTimes[done] * 1e6)
      yield { stampNs: BigInt(timeUs) * 1000n, image: rgb }
      progress.report({ kind: 'stage-progress', ...amount, done: ++done })
    }
  }
  progress.report({ kind: 'stage-started', ...amount })
  async function* pictures() {
    for await (const { image } of images()) yield image
  }
  const clip = await write()
  progress.report({ kind: 'stage-finished', stage, reused: false, key: '' })
  return { folder, scenario: drive.scenario.id, look: lookName(look), frames: count, fps: drive.fps, ...clip }

  async function write(): Promise<{ clip?: string }> {
    if (request.format === 'argoverse2') {
      await writeArgoverse2(drive.scenario, folder, { images: { [name]: images() }, replace: request.replace })
      return {}
    }
    const seconds = count / drive.fps
    const { clip: id } = await writeRdsHq(drive.scenario, folder, {
      seconds,
      images: { [name]: pictures() },
      replace: request.replace,
      signal,
    })
    return { clip: id }
  }
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
