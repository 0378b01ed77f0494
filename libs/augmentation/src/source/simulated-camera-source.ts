/// <reference lib="es2025.float16" />
import type { RenderDevice } from '@virga/rendering'
import type { Camera } from '@virga/scenario'
import { type Look, renderDrive, type SimulatedDrive } from '@virga/simulation'
import type { BlobRef } from '../ports/blob-store.ts'
import { fanOut, Lane } from '../stage/fan-out.ts'
import { type FrameShape, getFrames, putFrames } from '../stage/frame-blob.ts'
import { rgbShape } from '../stage/rgb-frames.ts'
import { runStage, type StageResult } from '../stage/run-stage.ts'
import type { StageContext } from '../stage/stage-context.ts'
import type { CameraSource, SourceFrame } from './camera-source.ts'

export interface SimulatedSourceInput {
  readonly drive: SimulatedDrive
  /** Digest of seed, duration, rate, size and simulator version. */
  readonly driveDigest: string
  readonly camera: Camera
  readonly width: number
  readonly height: number
  readonly look: Look
  /** First frame of the drive and number of frames. */
  readonly start: number
  readonly count: number
  readonly openDevice: () => Promise<RenderDevice>
}

/** Renders the drive's camera once: picture, depth (metres, half precision) and classes, kept without loss. */
function simulateCameraStage(context: StageContext, input: SimulatedSourceInput): Promise<StageResult<'rgb' | 'depth' | 'seg'>> {
  const { drive, camera, width, height, look, start, count } = input
  const shapes = shapesOf(width, height)
  const spec = {
    name: 'simulate-camera',
    version: 1,
    title: `simulate ${look.weather}/${look.lighting} (${camera.name})`,
    inputs: { drive: input.driveDigest },
    config: { camera: camera.name, width, height, look: { weather: look.weather, lighting: look.lighting }, start, count },
    outputs: ['rgb', 'depth', 'seg'] as const,
    total: count,
    unit: 'frames',
  }
  return runStage(context, spec, async ({ advance }) => {
    const device = await input.openDevice()
    const request = { cameraName: camera.name, width, height, look, frames: { start, count } }
    const rgb = new Lane<Uint8Array>()
    const depth = new Lane<Float16Array>()
    const seg = new Lane<Uint8Array>()
    const [rgbRef, depthRef, segRef] = await fanOut<[BlobRef, BlobRef, BlobRef]>(
      [rgb, depth, seg],
      async () => {
        let done = 0
        for await (const frame of renderDrive(device, drive, request)) {
          await rgb.push(frame.rgb.data)
          await depth.push(Float16Array.from(frame.depth))
          await seg.push(frame.seg)
          advance(++done)
        }
      },
      [
        putFrames(context.store, shapes.rgb, count, rgb),
        putFrames(context.store, shapes.depth, count, depth),
        putFrames(context.store, shapes.seg, count, seg),
      ],
    )
    const { kind, name, driver } = device.adapter
    return { outputs: { rgb: rgbRef, depth: depthRef, seg: segRef }, facts: { adapter: { kind, name, driver } } }
  })
}

/** The camera video of a simulated drive with its true depth and classes, rendered when it is not in the store yet. */
export async function simulatedCameraSource(
  context: StageContext,
  input: SimulatedSourceInput,
): Promise<CameraSource & { adapter: unknown }> {
  const { width, height, count } = input
  const { outputs, facts, key } = await simulateCameraStage(context, input)
  const shapes = shapesOf(width, height)
  return {
    digest: key,
    width,
    height,
    count,
    hasTruth: true,
    adapter: facts.adapter,
    frames: async function* (): AsyncGenerator<SourceFrame> {
      const depths = getFrames(context.store, outputs.depth, shapes.depth)
      const segs = getFrames(context.store, outputs.seg, shapes.seg)
      try {
        for await (const data of getFrames(context.store, outputs.rgb, shapes.rgb)) {
          const depth = (await depths.next()).value as Float16Array
          const seg = (await segs.next()).value as Uint8Array
          yield { rgb: { width, height, data: data as Uint8Array }, depth: Float32Array.from(depth), seg }
        }
      } finally {
        await depths.return(undefined)
        await segs.return(undefined)
      }
    },
  }
}

const shapesOf = (width: number, height: number): Record<'rgb' | 'depth' | 'seg', FrameShape> => ({
  rgb: rgbShape({ width, height }),
  depth: { type: '<f2', frame: [height, width] },
  seg: { type: '|u1', frame: [height, width] },
})
