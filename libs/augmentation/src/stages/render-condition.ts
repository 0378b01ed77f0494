import { deviceFor, drawnBy, type RenderDevice, renderCondition, rendererVersion, styleNamed } from '@virga/rendering'
import type { Camera, Micros, RgbImage, Scenario } from '@virga/scenario'
import { cameraKey } from '../request/camera-key.ts'
import { Lane, fanOut } from '../stage/fan-out.ts'
import { putFrames } from '../stage/frame-blob.ts'
import { rgbShape, type Size } from '../stage/rgb-frames.ts'
import { runStage, type StageResult } from '../stage/run-stage.ts'
import type { StageContext } from '../stage/stage-context.ts'
import { putVideo, videoEncoding } from '../stage/video-blob.ts'

export interface RenderConditionInput {
  readonly scenario: Scenario
  readonly scenarioDigest: string
  /** Cropped to the view. */
  readonly camera: Camera
  readonly control: string
  /** A registered name. */
  readonly style: string
  readonly timesUs: readonly Micros[]
  readonly fps: number
  /** What the network reads. */
  readonly modelSize: Size
  /** What people look at. */
  readonly videoSize: Size
  readonly openDevice: () => Promise<RenderDevice>
}

/**
 * Renders a control that is drawn from the scenario: once at the model's size, kept without loss, and once at the video's size for people.
 */
export function renderConditionStage(context: StageContext, input: RenderConditionInput): Promise<StageResult<'frames' | 'video'>> {
  const { scenario, camera, style, timesUs, modelSize, videoSize, fps } = input
  const total = timesUs.length * 2
  const spec = {
    name: 'render-condition',
    version: 1,
    title: `render ${input.control} (${camera.name})`,
    inputs: { scenario: input.scenarioDigest },
    config: {
      renderer: rendererVersion,
      style,
      camera: cameraKey(camera),
      timesUs,
      fps,
      modelSize,
      videoSize,
      encoding: videoEncoding,
    },
    outputs: ['frames', 'video'] as const,
    total,
    unit: 'frames',
  }
  return runStage(context, spec, async ({ advance }) => {
    const drawn = styleNamed(style)
    const device = await deviceFor(drawn, () => input.openDevice())
    let done = 0
    const pass = async (size: Size, lane: Lane<RgbImage>): Promise<void> => {
      for await (const image of renderCondition(device, scenario, { camera, style: drawn, ...size, timesUs })) {
        await lane.push(image)
        advance(++done)
      }
      lane.end()
    }
    const small = new Lane<RgbImage>()
    const large = new Lane<RgbImage>()
    const [frames, video] = await fanOut(
      [small, large],
      async () => {
        await pass(modelSize, small)
        await pass(videoSize, large)
      },
      [
        putFrames(context.store, rgbShape(modelSize), timesUs.length, bytesOf(small)),
        putVideo(context, { ...videoSize, fps, comment: `Virga condition ${style} of ${scenario.id}, camera ${camera.name}` }, large),
      ],
    )
    return { outputs: { frames, video }, facts: { adapter: drawnBy(drawn, device), renderer: rendererVersion, style } }
  })
}

async function* bytesOf(images: AsyncIterable<RgbImage>): AsyncGenerator<Uint8Array> {
  for await (const image of images) yield image.data
}
