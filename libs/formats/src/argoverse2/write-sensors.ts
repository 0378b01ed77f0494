import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import {
  type Camera,
  type CameraFrames,
  identityPose,
  type LidarSweepSource,
  type Pose,
  type RgbImage,
  transformPoints,
} from '@virga/scenario'
import sharp from 'sharp'
import { writeFeather } from '../feather/write-feather.ts'
import { parts } from './layout.ts'
import { stampsOf } from './write-tables.ts'

export interface StampedImage {
  readonly stampNs: bigint
  readonly image: RgbImage
}

/** How many encoded frames may be on their way to the disk while the next is made. */
const framesInFlight = 3

/** Writes the sweeps one by one; half floats for the coordinates, as the format has them. Returns their stamps. */
export async function writeSweeps(folder: string, sweeps: readonly LidarSweepSource[]): Promise<bigint[]> {
  const stamps: bigint[] = []
  if (sweeps.length > 0) await mkdir(join(folder, parts.lidar), { recursive: true })
  for (const source of sweeps) {
    const sweep = await source.load()
    const points = isIdentity(sweep.points_to_vehicle) ? sweep.points : transformPoints(sweep.points_to_vehicle, sweep.points)
    const rows = points.length / 3
    const axis = (offset: number): Float32Array => Float32Array.from({ length: rows }, (_, i) => points[3 * i + offset])
    const stamp = source.stampNs ?? BigInt(source.timeUs) * 1000n
    await writeFeather(join(folder, parts.lidar, `${stamp}.feather`), {
      x: { kind: 'float16', values: axis(0) },
      y: { kind: 'float16', values: axis(1) },
      z: { kind: 'float16', values: axis(2) },
      intensity: { kind: 'uint8', values: sweep.intensity ?? new Uint8Array(rows) },
      laser_number: { kind: 'uint8', values: sweep.ring ?? new Uint8Array(rows) },
      offset_ns: { kind: 'int32', values: sweep.offsetsNs ?? new Int32Array(rows) },
    })
    stamps.push(stamp)
  }
  return stamps
}

function isIdentity({ rotation, translation }: Pose): boolean {
  const same = (a: readonly number[], b: readonly number[]): boolean => a.every((value, i) => value === b[i])
  return same(rotation, identityPose.rotation) && same(translation, identityPose.translation)
}

/** The frames of a scenario's camera as encoded files: passed on where the source holds JPEG, encoded where it does not. */
export async function* framesOf(
  camera: Camera,
  frames: CameraFrames,
  quality: number,
): AsyncGenerator<{ stampNs: bigint; jpeg: Promise<Uint8Array> }> {
  const stamps = stampsOf(frames)
  for (let i = 0; i < stamps.length; i++) {
    const jpeg = frames.loadJpeg === undefined ? encode(camera, await frames.load(i), quality) : frames.loadJpeg(i)
    yield { stampNs: stamps[i], jpeg }
  }
}

/** Frames that are made as they are written. */
export async function* encoded(
  camera: Camera,
  images: AsyncIterable<StampedImage>,
  quality: number,
): AsyncGenerator<{ stampNs: bigint; jpeg: Promise<Uint8Array> }> {
  for await (const { stampNs, image } of images) yield { stampNs, jpeg: encode(camera, image, quality) }
}

/** Writes one camera's frames, a few at a time, never a whole drive in memory. Returns their stamps. */
export async function writeFrames(
  folder: string,
  camera: Camera,
  frames: AsyncIterable<{ stampNs: bigint; jpeg: Promise<Uint8Array> }>,
): Promise<bigint[]> {
  const place = join(folder, parts.cameras, camera.name)
  await mkdir(place, { recursive: true })
  const stamps: bigint[] = []
  const pending: Promise<void>[] = []
  try {
    for await (const { stampNs, jpeg } of frames) {
      const last = stamps.at(-1)
      const written = jpeg.then((bytes) => writeFile(join(place, `${stampNs}.jpg`), bytes))
      pending.push(written)
      // A failure is thrown when its turn comes; until then it must not count as unhandled.
      written.catch(() => undefined)
      if (last !== undefined && stampNs <= last) {
        throw new VirgaError('VIRGA_BAD_INPUT', `frame of camera ${camera.name} at ${stampNs} ns follows ${last} ns`, {
          expected: 'strictly increasing stamps',
        })
      }
      stamps.push(stampNs)
      if (pending.length >= framesInFlight) await pending.shift()
    }
    await Promise.all(pending)
  } finally {
    await Promise.allSettled(pending)
  }
  return stamps
}

/** 4:4:4, so that red tail lights and signs keep their edges. */
async function encode(camera: Camera, image: RgbImage, quality: number): Promise<Uint8Array> {
  if (image.width !== camera.width || image.height !== camera.height) {
    const expected = `${camera.width} x ${camera.height}`
    throw new VirgaError('VIRGA_BAD_INPUT', `a frame of camera ${camera.name} has ${image.width} x ${image.height} pixels`, { expected })
  }
  const raw = { width: image.width, height: image.height, channels: 3 as const }
  return sharp(image.data, { raw }).jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer()
}
