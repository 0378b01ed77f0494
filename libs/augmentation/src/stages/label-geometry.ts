/// <reference lib="es2025.float16" />
import { type LabelGeometry, type RenderDevice, renderLabelGeometry, rendererVersion } from '@virga/rendering'
import type { Camera, Micros, Scenario } from '@virga/scenario'
import { cameraKey } from '../request/camera-key.ts'
import type { BlobRef, BlobStore } from '../ports/blob-store.ts'
import { fanOut, Lane } from '../stage/fan-out.ts'
import { type FrameShape, getFrames, putFrames } from '../stage/frame-blob.ts'
import type { Size } from '../stage/rgb-frames.ts'
import { runStage, type StageResult } from '../stage/run-stage.ts'
import type { StageContext } from '../stage/stage-context.ts'

export interface LabelGeometryInput {
  readonly scenario: Scenario
  readonly scenarioDigest: string
  /** Cropped to the view. */
  readonly camera: Camera
  readonly timesUs: readonly Micros[]
  readonly size: Size
  readonly openDevice: () => Promise<RenderDevice>
}

/** What the pixels of a frame are, as labels and LiDAR tell; without the tracks. */
export type StoredGeometry = Pick<LabelGeometry, 'depth' | 'classes' | 'up' | 'faces' | 'across'>

/**
 * Draws the label geometry once, in one pass, and keeps it without loss but for the depth, which has half precision (as that of simulated
 * cameras): all variants of a camera read it from there.
 */
export function labelGeometryStage(context: StageContext, input: LabelGeometryInput): Promise<StageResult<'depth' | 'planes'>> {
  const { scenario, camera, timesUs, size } = input
  const count = timesUs.length
  const spec = {
    name: 'label-geometry',
    version: 1,
    title: `read labels (${camera.name})`,
    inputs: { scenario: input.scenarioDigest },
    config: { renderer: rendererVersion, sweeps: scenario.sweeps.length, camera: cameraKey(camera), timesUs, size },
    outputs: ['depth', 'planes'] as const,
    total: count,
    unit: 'frames',
  }
  return runStage(context, spec, async ({ advance }) => {
    const device = await input.openDevice()
    const depths = new Lane<Float16Array>()
    const planes = new Lane<Uint8Array>()
    const [depth, rest] = await fanOut<[BlobRef, BlobRef]>(
      [depths, planes],
      async () => {
        let done = 0
        for await (const frame of renderLabelGeometry(device, scenario, { camera, ...size, timesUs })) {
          await depths.push(Float16Array.from(frame.depth))
          const pixels = frame.classes.length
          const joined = new Uint8Array(pixels * planeNames.length)
          planeNames.forEach((name, i) => {
            joined.set(frame[name], i * pixels)
          })
          await planes.push(joined)
          advance(++done)
        }
      },
      [putFrames(context.store, depthShape(size), count, depths), putFrames(context.store, planesShape(size), count, planes)],
    )
    const { kind, name, driver } = device.adapter
    return { outputs: { depth, planes: rest }, facts: { adapter: { kind, name, driver }, renderer: rendererVersion } }
  })
}

/** The frames that the stage kept. */
export async function* storedGeometry(
  store: BlobStore,
  { depth, planes }: Readonly<Record<'depth' | 'planes', BlobRef>>,
  size: Size,
): AsyncGenerator<StoredGeometry> {
  const joined = getFrames(store, planes, planesShape(size))
  try {
    for await (const metres of getFrames(store, depth, depthShape(size))) {
      const data = (await joined.next()).value as Uint8Array
      const plane = (name: (typeof planeNames)[number]): Uint8Array => {
        const at = planeNames.indexOf(name) * metres.length
        return data.subarray(at, at + metres.length)
      }
      yield {
        depth: Float32Array.from(metres),
        classes: plane('classes'),
        up: plane('up'),
        faces: plane('faces'),
        across: plane('across'),
      }
    }
  } finally {
    await joined.return(undefined)
  }
}

const planeNames = ['classes', 'up', 'faces', 'across'] as const
const depthShape = ({ width, height }: Size): FrameShape => ({ type: '<f2', frame: [height, width] })
const planesShape = ({ width, height }: Size): FrameShape => ({ type: '|u1', frame: [planeNames.length, height, width] })
