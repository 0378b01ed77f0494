import type { Camera } from '@virga/scenario'
import type { ControlMapResult } from '../control-map/control-map-stage.ts'
import type { Publication } from '../ports/publication.ts'
import { cropCamera, type View, viewOf } from '../request/view.ts'
import { safeName } from '../request/safe-name.ts'
import type { CameraSource } from '../source/camera-source.ts'
import type { Canvas } from '../source/canvas.ts'
import { logCameraSource } from '../source/log-camera-source.ts'
import { simulatedCameraSource } from '../source/simulated-camera-source.ts'
import type { StageResult } from '../stage/run-stage.ts'
import { sourceFramesStage } from '../stages/source-frames.ts'
import type { CameraJob, CameraSetting } from './camera-setting.ts'
import { type Condition, makeConditions } from './conditions.ts'
import { mapWeights } from './map-weights.ts'
import { openCanvas } from './open-canvas.ts'
import type { OpenedAugmentation } from './open-augmentation.ts'
import { publishVideo } from './publish.ts'
import type { AugmentHost, PublishedCamera } from './types.ts'

/** What the variants of a camera share. */
export interface RenderedCamera {
  readonly setting: CameraSetting
  readonly conditions: readonly Condition[]
  readonly controlMap: ControlMapResult | undefined
  /** What the variants begin from and stand on. */
  readonly canvas: Canvas | undefined
  readonly published: Omit<PublishedCamera, 'variants'>
}

/** Makes all that the variants of one camera share: source frames, conditions, control map, labels of the canvas. Reuses what is there. */
export async function renderCamera(
  host: AugmentHost,
  opened: OpenedAugmentation,
  camera: Camera,
  publication: Publication,
): Promise<RenderedCamera> {
  const { request, drive } = opened
  const job: CameraJob = { ...opened, camera, publication }
  const { width, height } = request.bundle.manifest.video
  const view = viewOf(camera, width / height)
  const viewCamera = cropCamera(camera, view)
  const folder = `${safeName(drive.scenario.id)}/${safeName(camera.name)}`
  const source = await openSource(host, job, view)
  const setting: CameraSetting = { ...job, view, viewCamera, folder, ...(await sourceOf(host, job, source)) }
  if (setting.sourceFrames === undefined) {
    host.progress.report({
      kind: 'note',
      message: `${camera.name} has ${drive.scenario.images.has(camera.name) ? 'images for only some of these frames' : 'no camera video'}: variants keep the layout (lanes, crossings, boxes) only`,
    })
  }
  const made = await makeConditions(host, setting)
  const { conditions, controlMap } = await mapWeights(host, setting, made)
  const canvas = await openCanvas(host, setting, conditions)
  const published = {
    camera: camera.name,
    ...(setting.source === undefined || setting.sourceFrames === undefined
      ? {}
      : { source: await publishVideo(publication, `${folder}/source.mp4`, setting.sourceFrames.outputs.video, setting.source) }),
    conditions: conditions.map(({ published: video }) => video),
  }
  return { setting, conditions, controlMap, canvas, published }
}

async function sourceOf(
  host: AugmentHost,
  { request, camera }: CameraJob,
  source: CameraSource | undefined,
): Promise<{ source: CameraSource; sourceFrames: StageResult<'small' | 'video'> } | Record<string, never>> {
  if (source === undefined) return {}
  const { width, height, fps } = request.bundle.manifest.video
  const title = `read source (${camera.name})`
  return { source, sourceFrames: await sourceFramesStage(host, { source, title, modelSize: { width, height }, fps }) }
}

async function openSource(host: AugmentHost, { drive, camera, grid }: CameraJob, view: View): Promise<CameraSource | undefined> {
  const { simulated, scenario, digest } = drive
  if (simulated === undefined) return logCameraSource(scenario, digest, camera, view, grid.timesUs)
  const { width, height } = view
  const look = { weather: 'clear', lighting: 'day' } as const
  return simulatedCameraSource(host, {
    drive: simulated,
    driveDigest: digest,
    camera,
    width,
    height,
    look,
    start: Math.round((grid.timesUs[0] - scenario.startUs) / (1e6 / grid.fps)),
    count: grid.timesUs.length,
    openDevice: () => host.openDevice(),
  })
}
