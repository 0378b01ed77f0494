import { openLog, type OpenLogOptions } from '@virga/formats'
import type { Scenario } from '@virga/scenario'
import { simulatedLidar, simulateDrive, type SimulatedDrive, simulatorVersion } from '@virga/simulation'
import { digestOf } from '../digest/digest.ts'
import { folderDigest } from '../digest/folder-digest.ts'
import { clipFiles } from '../request/clip-files.ts'
import type { StageContext } from '../stage/stage-context.ts'
import type { Size } from '../stage/rgb-frames.ts'

export type DriveRequest =
  | { readonly kind: 'log'; readonly path: string; readonly open?: OpenLogOptions }
  | { readonly kind: 'simulation'; readonly seed: number; readonly frames: number; readonly fps: number; readonly size: Size }

/** A drive that is worked on, and what names its content. */
export interface DriveInput {
  readonly scenario: Scenario
  /** SHA-256 over the log's files, or over what the drive is simulated from. */
  readonly digest: string
  readonly lineage: {
    readonly files?: number
    readonly bytes?: number
    readonly simulation?: { readonly seed: number; readonly seconds: number; readonly fps: number; readonly version: string }
  }
  readonly simulated?: SimulatedDrive
}

/**
 * Opens a log or simulates a drive.
 *
 * @throws VirgaError of libs/formats and libs/simulation
 */
export async function openDrive(context: StageContext, request: DriveRequest): Promise<DriveInput> {
  if (request.kind === 'simulation') {
    const { seed, frames, fps, size } = request
    // Half a frame more than the frames need, so that rounding cannot take the last one away.
    const seconds = (frames + 0.5) / fps
    const drive = simulateDrive({ seed, seconds, fps, ...size })
    const simulation = { seed, seconds, fps, version: simulatorVersion }
    return { scenario: withLidar(drive), digest: digestOf({ ...simulation, size }), lineage: { simulation }, simulated: drive }
  }
  const scenario = await openLog(request.path, request.open)
  const part = clipFiles(scenario)
  const { sha256, files, bytes } = await folderDigest(context.store, context.clock, request.path, context.signal, part)
  // The same files read in another way make another drive.
  const digest = request.open === undefined ? sha256 : digestOf({ files: sha256, open: { ...request.open } })
  return { scenario, digest, lineage: { files, bytes } }
}

/** The drive with the LiDAR of the training set: 128x1800 rays in clear air, cast when a sweep is read. */
function withLidar(drive: SimulatedDrive): Scenario {
  const { sweeps, lidarBeams, lidars } = simulatedLidar(drive)
  return { ...drive.scenario, sweeps, lidarBeams, rig: { ...drive.scenario.rig, lidars } }
}
