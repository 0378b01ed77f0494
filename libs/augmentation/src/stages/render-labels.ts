import { depthPicture, segPicture } from '@virga/conditions'
import { type RenderDevice, renderLabelGeometry, rendererVersion } from '@virga/rendering'
import type { Camera, Micros, RgbImage, Scenario } from '@virga/scenario'
import { cameraKey } from '../request/camera-key.ts'
import { fanOut, Lane } from '../stage/fan-out.ts'
import { putFrames } from '../stage/frame-blob.ts'
import { rgbShape, type Size } from '../stage/rgb-frames.ts'
import { runStage, type StageResult } from '../stage/run-stage.ts'
import type { StageContext } from '../stage/stage-context.ts'
import { putVideo, videoEncoding } from '../stage/video-blob.ts'
import type { BlobRef } from '../ports/blob-store.ts'

/** Controls that are pictures of what the labels say about each pixel. */
export const labelControls = ['depth', 'seg'] as const
export type LabelControl = (typeof labelControls)[number]

/** Bump when libs/conditions paints depth or classes otherwise. */
const labelControlsVersion = 1

export interface RenderLabelsInput {
  readonly scenario: Scenario
  readonly scenarioDigest: string
  /** Cropped to the view. */
  readonly camera: Camera
  readonly timesUs: readonly Micros[]
  readonly fps: number
  /** What the network reads. */
  readonly modelSize: Size
  /** What people look at. */
  readonly videoSize: Size
  readonly openDevice: () => Promise<RenderDevice>
}

/**
 * depth and seg from the labels, with LiDAR where there is some, as `virga render` draws them: both from one drawing, once at the model's size, kept
 * without loss, and once at the video's size for people.
 */
export function renderLabelsStage(
  context: StageContext,
  input: RenderLabelsInput,
): Promise<StageResult<'depth' | 'seg' | 'depthVideo' | 'segVideo'>> {
  const { scenario, camera, timesUs, modelSize, videoSize, fps } = input
  const total = timesUs.length * 2
  const spec = {
    name: 'render-labels',
    version: 1,
    title: `render depth and seg (${camera.name})`,
    inputs: { scenario: input.scenarioDigest },
    config: {
      renderer: rendererVersion,
      labelControlsVersion,
      sweeps: scenario.sweeps.length,
      camera: cameraKey(camera),
      timesUs,
      fps,
      modelSize,
      videoSize,
      encoding: videoEncoding,
    },
    outputs: ['depth', 'seg', 'depthVideo', 'segVideo'] as const,
    total,
    unit: 'frames',
  }
  return runStage(context, spec, async ({ advance }) => {
    const device = await input.openDevice()
    let done = 0
    const pass = async (size: Size, lanes: { depth: Lane<RgbImage>; seg: Lane<RgbImage> }): Promise<void> => {
      for await (const frame of renderLabelGeometry(device, scenario, { camera, ...size, timesUs })) {
        await lanes.depth.push(depthPicture(frame))
        await lanes.seg.push(segPicture(frame))
        advance(++done)
      }
      lanes.depth.end()
      lanes.seg.end()
    }
    const small = { depth: new Lane<RgbImage>(), seg: new Lane<RgbImage>() }
    const large = { depth: new Lane<RgbImage>(), seg: new Lane<RgbImage>() }
    const frames = (lane: Lane<RgbImage>): Promise<BlobRef> => putFrames(context.store, rgbShape(modelSize), timesUs.length, bytesOf(lane))
    const video = (control: LabelControl): Promise<BlobRef> =>
      putVideo(
        context,
        { ...videoSize, fps, comment: `Virga condition ${control} of ${scenario.id}, camera ${camera.name}` },
        large[control],
      )
    const [depth, seg, depthVideo, segVideo] = await fanOut<[BlobRef, BlobRef, BlobRef, BlobRef]>(
      [small.depth, small.seg, large.depth, large.seg],
      async () => {
        await pass(modelSize, small)
        await pass(videoSize, large)
      },
      [frames(small.depth), frames(small.seg), video('depth'), video('seg')],
    )
    const { kind, name, driver } = device.adapter
    return { outputs: { depth, seg, depthVideo, segVideo }, facts: { adapter: { kind, name, driver }, renderer: rendererVersion } }
  })
}

async function* bytesOf(images: AsyncIterable<RgbImage>): AsyncGenerator<Uint8Array> {
  for await (const image of images) yield image.data
}
