import { VirgaError } from '@virga/errors'
import type { RenderDevice } from '@virga/rendering'
import type { Camera, CameraFrames, RgbImage } from '@virga/scenario'
import type { Look } from '../weather/looks.ts'
import type { SimulatedDrive } from '../world/drive.ts'
import type { RenderedFrame } from './drive-renderer.ts'
import { type FrameRenderer, openRenderer } from './lens-renderer.ts'
import { seenObjects, type SeenObject } from './seen-objects.ts'

/** Samples per output pixel along each axis: what the training set was drawn with. */
export const defaultSupersample = 2

export interface RenderDriveRequest {
  readonly cameraName: string
  readonly width: number
  readonly height: number
  readonly look: Look
  /** A part of the drive's camera frames; default all. */
  readonly frames?: { readonly start: number; readonly count: number }
  readonly supersample?: number
  /** Numbers of actors per pixel and their 2D boxes too. */
  readonly instances?: boolean
}

/** One camera frame with its truth. */
export interface DriveFrame {
  readonly rgb: RgbImage
  /** Metres along the camera's z, 0 = sky. */
  readonly depth: Float32Array
  /** Index into `segClasses` per pixel. */
  readonly seg: Uint8Array
  /** With `instances`: the number of the actor that a pixel shows, 0 = none. The same for an actor in every frame, whatever the drive's length. */
  readonly instances?: Uint16Array
  /** With `instances`: every actor that reaches into the picture, nearest first, with 2D boxes and occlusion. */
  readonly objects?: readonly SeenObject[]
}

/**
 * Renders one camera of a drive under one look, frame by frame in order; one frame is drawn while the one before is taken.
 *
 * @throws VirgaError VIRGA_UNKNOWN_NAME for the camera, VIRGA_OUT_OF_RANGE for frames that the drive does not have, VIRGA_DEVICE
 */
export async function* renderDrive(
  device: RenderDevice,
  drive: SimulatedDrive,
  request: RenderDriveRequest,
): AsyncGenerator<DriveFrame, void, undefined> {
  const { width, height, look, supersample = defaultSupersample, instances: numbered = false } = request
  const { start, count } = request.frames ?? { start: 0, count: drive.frameTimes.length }
  if (!Number.isInteger(start) || !Number.isInteger(count) || start < 0 || count < 0 || start + count > drive.frameTimes.length) {
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `frames ${start} to ${start + count} of a drive`, {
      expected: `frames 0 to ${drive.frameTimes.length}`,
    })
  }
  const renderer = await openRenderer(device, drive, cameraNamed(drive, request.cameraName), { width, height, supersample })
  let next: Promise<RenderedFrame> | undefined
  try {
    for (let i = 0; i < count; i++) {
      const current = next ?? renderer.frame(start + i, [look], { instances: numbered })
      next = i + 1 < count ? renderer.frame(start + i + 1, [look], { instances: numbered }) : undefined
      // Its failure is reported when its turn comes; until then it must not count as unhandled.
      next?.catch(() => undefined)
      const { images, depth, seg, instances } = await current
      const numbers = instances === undefined ? {} : { instances: instances.ids, objects: seenObjects(instances, width) }
      yield { rgb: images[0], depth, seg, ...numbers }
    }
  } finally {
    await next?.catch(() => undefined)
    renderer.dispose()
  }
}

/**
 * Lazy images for `Scenario.images`: each is rendered when it is loaded. The renderer of a camera is made at its first frame and lives as
 * long as the device.
 */
export function simulatedImages(device: RenderDevice, drive: SimulatedDrive, look: Look): ReadonlyMap<string, CameraFrames> {
  const timesUs = Float64Array.from(drive.frameTimes, (seconds) => drive.scenario.startUs + Math.round(seconds * 1e6))
  const framesOf = (camera: Camera): CameraFrames => {
    let renderer: Promise<FrameRenderer> | undefined
    return {
      timesUs,
      async load(index) {
        if (!Number.isInteger(index) || index < 0 || index >= timesUs.length) {
          throw new VirgaError('VIRGA_OUT_OF_RANGE', `frame ${index} of camera ${camera.name}`, { expected: `0 to ${timesUs.length - 1}` })
        }
        const { width, height } = camera
        renderer ??= openRenderer(device, drive, camera, { width, height, supersample: defaultSupersample })
        return (await (await renderer).frame(index, [look])).images[0]
      },
    }
  }
  return new Map(drive.scenario.rig.cameras.map((camera) => [camera.name, framesOf(camera)]))
}

function cameraNamed(drive: SimulatedDrive, name: string): Camera {
  const { cameras } = drive.scenario.rig
  const camera = cameras.find((candidate) => candidate.name === name)
  if (camera === undefined) {
    throw new VirgaError('VIRGA_UNKNOWN_NAME', `no camera ${name}`, { expected: cameras.map((candidate) => candidate.name).join(', ') })
  }
  return camera
}
