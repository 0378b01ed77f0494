import type { RenderDevice } from '@virga/rendering'
import type { Camera, RgbImage } from '@virga/scenario'
import { DriveRenderer, type Look, type SimulatedDrive } from '@virga/simulation'

export interface DriveFramesRequest {
  readonly camera: Camera
  readonly width: number
  readonly height: number
  readonly look: Look
  /** First frame of the drive and number of frames. */
  readonly start: number
  readonly count: number
}

export interface DriveFrame {
  readonly rgb: RgbImage
  /** Metres along the camera's z, 0 = sky. */
  readonly depth: Float32Array
  readonly seg: Uint8Array
}

/** Samples per pixel along each axis: as the training set was drawn. */
const supersample = 2

/** Renders a simulated drive's camera in one look, in order; a frame is drawn while the one before is taken. */
export async function* driveFrames(device: RenderDevice, drive: SimulatedDrive, request: DriveFramesRequest): AsyncGenerator<DriveFrame> {
  const { camera, width, height, look, start, count } = request
  const renderer = await DriveRenderer.open(device, drive, camera, { width, height, supersample })
  const draw = (index: number) => renderer.frame(start + index, [look])
  let next: ReturnType<typeof draw> | undefined
  try {
    next = draw(0)
    for (let i = 0; i < count; i++) {
      const current = next as ReturnType<typeof draw>
      next = i + 1 < count ? draw(i + 1) : undefined
      // A failure is reported when the frame's turn comes; until then it must not count as unhandled.
      next?.catch(() => undefined)
      const { depth, seg, images } = await current
      yield { rgb: images[0], depth, seg }
    }
  } finally {
    await next?.catch(() => undefined)
    renderer.dispose()
  }
}
