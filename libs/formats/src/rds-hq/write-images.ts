import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import { type Camera, type CameraFrames, nearestIndex, type RgbImage, type Scenario } from '@virga/scenario'
import type { NamedCameras } from './write-calibration.ts'
import { framesPerSecond } from './layout.ts'
import type { ClipWindow } from './write-clip-window.ts'

/** Frames by the scenario's camera name, one for each frame of the clip. */
export type GivenImages = Readonly<Record<string, AsyncIterable<RgbImage>>>

/**
 * Writes a video of every camera that has images: those that are given, else the scenario's own, nearest in time.
 *
 * @param fthetaNames the cameras whose images are told to be those of an f-theta camera
 * @param onFrame told the folder after each frame, and how many frames it has
 * @returns what was lost
 */
export async function writeVideos(
  root: string,
  scenario: Scenario,
  clip: ClipWindow,
  cameras: NamedCameras,
  fthetaNames: ReadonlySet<string>,
  given: GivenImages,
  onFrame: (folder: string, done: number) => void,
): Promise<string[]> {
  const lost: string[] = []
  for (const [name, camera] of cameras) {
    const own = Object.hasOwn(given, camera.name) ? undefined : scenario.images.get(camera.name)
    const source = own === undefined || own.timesUs.length === 0 ? given[camera.name] : nearestImages(own, clip)
    if (source === undefined) continue
    if (camera.width % 2 === 1 || camera.height % 2 === 1) {
      lost.push(`images of camera ${name}: ${camera.width}x${camera.height} is odd, which video cannot be`)
      continue
    }
    // In a rig of several kinds of lens the f-theta vector is what tools take by default, and where it is a fit it is one to these images.
    const folder = `${fthetaNames.has(name) ? 'ftheta' : 'pinhole'}_${name}`
    await mkdir(join(root, folder), { recursive: true })
    await writeImages(join(root, folder, `${clip.id}.mp4`), camera, source, clip, (done) => onFrame(folder, done))
    const offset = own === undefined ? 0 : largestOffset(own, clip)
    if (offset > 0) lost.push(`camera ${name}: 30 Hz frames show the image nearest in time, at most ${(offset / 1000).toFixed(1)} ms away`)
  }
  return lost
}

/** For each frame of the clip the image nearest in time; decoded once where it stands for several frames. */
async function* nearestImages(frames: CameraFrames, clip: ClipWindow): AsyncGenerator<RgbImage> {
  let held = -1
  let image: RgbImage | undefined
  for (const timeUs of clip.timesUs) {
    const index = nearestIndex(frames.timesUs, timeUs)
    if (image === undefined || index !== held) image = await frames.load(index)
    held = index
    yield image
  }
}

/** How far the images are from the frames that show them: the largest of the clip, microseconds. */
function largestOffset(frames: CameraFrames, clip: ClipWindow): number {
  const offsets = clip.timesUs.map((timeUs) => Math.abs(frames.timesUs[nearestIndex(frames.timesUs, timeUs)] - timeUs))
  return Math.max(...offsets)
}

/**
 * Writes one camera's video of the clip, 30 frames per second.
 *
 * @throws VirgaError VIRGA_BAD_INPUT where there are fewer frames than the clip has, or of another size than the camera's; VIRGA_VIDEO
 */
async function writeImages(
  path: string,
  camera: Camera,
  images: AsyncIterable<RgbImage>,
  clip: ClipWindow,
  onFrame: (done: number) => void,
): Promise<void> {
  // Native code, loaded only where there are images.
  const { createVideo } = await import('@virga/video')
  const { width, height } = camera
  const wanted = clip.timesUs.length
  const sink = await createVideo(path, { width, height, fps: framesPerSecond })
  try {
    for await (const image of images) {
      if (image.width !== width || image.height !== height) {
        const message = `a frame of camera ${camera.name} has ${image.width} x ${image.height} pixels`
        throw new VirgaError('VIRGA_BAD_INPUT', message, { record: sink.framesWritten, expected: `${width} x ${height}` })
      }
      await sink.write(image)
      onFrame(sink.framesWritten)
      if (sink.framesWritten === wanted) break
    }
    if (sink.framesWritten < wanted) {
      const message = `camera ${camera.name} has ${sink.framesWritten} images for ${wanted} frames of the clip`
      throw new VirgaError('VIRGA_BAD_INPUT', message, { expected: 'an image for each frame' })
    }
    await sink.finish()
  } catch (error) {
    await sink.abort()
    throw error
  }
}
