import { collect } from './collect.ts'
import { join } from 'node:path'
import { augment, type AugmentRequest, type AugmentResult, digestOf, type DriveInput } from '@virga/augmentation'
import type { Bundle } from '@virga/models'
import type { RgbImage } from '@virga/scenario'
import { type Look, simulatedLidar, simulateDrive, type SimulatedDrive, simulatorVersion } from '@virga/simulation'
import { openVideo } from '@virga/video'
import type { HeldOutHost } from './host.ts'

export interface VariantsRequest {
  readonly bundle: Bundle
  readonly drive: AugmentRequest['drive']
  readonly looks: readonly Look[]
  readonly frames: number
  readonly steps?: number
  /** Default: all that the drive can give. */
  readonly controls?: readonly string[]
  readonly cameras?: readonly string[]
  readonly startSeconds?: number
  /** Absolute. */
  readonly out: string
}

/** The published videos of a drive, by look, as anyone who runs `virga augment` gets them: decoded from the files. */
export async function publishedVariants(
  host: HeldOutHost,
  request: VariantsRequest,
): Promise<{ videos: Map<string, RgbImage[]>; result: AugmentResult }> {
  const { drive, looks, bundle, frames, out, steps, controls, cameras = [], startSeconds } = request
  const result = await augment(host, {
    ...{ drive, cameras, bundle, frames, out },
    variants: looks,
    seed: 0,
    ...(steps === undefined ? {} : { steps }),
    ...(startSeconds === undefined ? {} : { startSeconds }),
    ...(controls === undefined ? {} : { controls }),
  })
  const videos = new Map<string, RgbImage[]>()
  for (const { name, file } of result.cameras[0].variants) videos.set(name, await framesOf(join(out, file)))
  return { videos, result }
}

async function framesOf(path: string): Promise<RgbImage[]> {
  const video = await openVideo(path)
  try {
    return await collect(video)
  } finally {
    await video.close()
  }
}

/** Frames, rate and size that a held-out drive is simulated with. */
export interface DriveShape {
  readonly frames: number
  readonly fps: number
  readonly width: number
  readonly height: number
}

/** The drive that `virga augment --simulate SEED` works on. */
export function simulated(seed: number, { frames, fps, width, height }: DriveShape): SimulatedDrive {
  return simulateDrive({ seed, seconds: (frames + 0.5) / fps, fps, width, height })
}

/** Sweeps of short drives are kept, since each control that reads them casts them anew; long drives have too many to keep. */
const mostKept = 24

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

/**
 * A drive without camera video: its map, its boxes and its LiDAR, as a log that has nothing else.
 *
 * @param edit names what was changed in the drive; part of its digest
 */
export function withoutVideo(drive: SimulatedDrive, edit = 'none'): DriveInput {
  const { lidars, lidarBeams, sweeps: cast } = simulatedLidar(drive)
  const sweeps = cast.length <= mostKept ? cast.map((sweep) => ({ timeUs: sweep.timeUs, load: once(() => sweep.load()) })) : cast
  const simulation = { seed: drive.seed, seconds: drive.seconds, fps: drive.fps, version: simulatorVersion }
  const { width, height } = drive.scenario.rig.cameras[0]
  return {
    scenario: { ...drive.scenario, sweeps, lidarBeams, rig: { ...drive.scenario.rig, lidars } },
    digest: digestOf({ ...simulation, width, height, edit, video: 'none', lidar: '128x1800' }),
    lineage: { simulation },
  }
}
