import { VirgaError } from '@virga/errors'
import { styleNames } from '@virga/rendering'
import { type RenderedControl, renderedControls, whyNotDrawn } from '../render/controls.ts'
import { sweepsNote } from '../render/sweeps-note.ts'
import type { BlobRef } from '../ports/blob-store.ts'
import type { Size } from '../stage/rgb-frames.ts'
import { imageControls, imageControlStage } from '../stages/image-control.ts'
import { renderConditionStage } from '../stages/render-condition.ts'
import type { CameraSetting } from './camera-setting.ts'
import { publishVideo } from './publish.ts'
import type { AugmentHost, PublishedCondition } from './types.ts'

export interface Condition {
  readonly control: string
  readonly style?: string
  readonly preset?: string
  /** 0 where the bundle has no such control. */
  readonly weight: number
  readonly frames: BlobRef
  readonly key: string
  /** What drew it, for rendered controls. */
  readonly adapter?: unknown
  readonly published: PublishedCondition
}

/** Without camera video conditions are shown at four times the model's size, as far as the camera's view goes. */
const enlargement = 4

/** Every condition that the drive can give, made and published; those that the bundle reads have a weight. */
export async function makeConditions(host: AugmentHost, setting: CameraSetting): Promise<Condition[]> {
  const { manifest } = setting.request.bundle
  for (const [control, { style }] of Object.entries(manifest.controls)) {
    if (style !== undefined && !styleNames.includes(style)) {
      throw new VirgaError('VIRGA_BAD_BUNDLE', `control ${control} was trained on a style that this Virga cannot draw: ${style}`, {
        file: setting.request.bundle.dir,
        expected: styleNames.join(', '),
      })
    }
  }
  const rendered = (Object.keys(renderedControls) as RenderedControl[]).filter(
    (control) => whyNotDrawn(setting.drive.scenario, control) === undefined,
  )
  const conditions: Condition[] = []
  for (const control of rendered) conditions.push(await renderedCondition(host, setting, control))
  if (setting.sourceFrames !== undefined) {
    for (const control of imageControls) conditions.push(await imageCondition(host, setting, control, setting.sourceFrames.outputs.small))
  }
  return conditions
}

async function renderedCondition(host: AugmentHost, setting: CameraSetting, control: RenderedControl): Promise<Condition> {
  const { drive, viewCamera, grid, request, source, view } = setting
  const { width, height, fps } = request.bundle.manifest.video
  const style = request.bundle.manifest.controls[control]?.style ?? renderedControls[control]
  const videoSize: Size =
    source ?? (view.width >= width * enlargement ? { width: width * enlargement, height: height * enlargement } : view)
  const { outputs, facts, key } = await renderConditionStage(host, {
    scenario: drive.scenario,
    scenarioDigest: drive.digest,
    camera: viewCamera,
    control,
    style,
    timesUs: grid.timesUs,
    fps,
    modelSize: { width, height },
    videoSize: { width: videoSize.width, height: videoSize.height },
    openDevice: () => host.openDevice(),
  })
  if (control === 'lidar') noteSweeps(host, setting)
  const video = await publishVideo(host, request.out, `${setting.folder}/conditions/${control}.mp4`, outputs.video, videoSize)
  const weight = weightOf(setting, control)
  const detail = `${style}${weight > 0 ? `, weight ${weight}` : ', not read by this bundle'}`
  return { control, style, weight, frames: outputs.frames, key, adapter: facts.adapter, published: { ...video, control, detail } }
}

async function imageCondition(host: AugmentHost, setting: CameraSetting, control: 'vis' | 'edge', small: BlobRef): Promise<Condition> {
  const { request, camera, grid } = setting
  const { video, controls } = request.bundle.manifest
  const preset = controls[control]?.preset ?? 'medium'
  const modelSize = { width: video.width, height: video.height }
  const { outputs, key } = await imageControlStage(host, {
    control,
    preset,
    cameraName: camera.name,
    small,
    modelSize,
    count: grid.timesUs.length,
    fps: video.fps,
  })
  const file = await publishVideo(host, request.out, `${setting.folder}/conditions/${control}.mp4`, outputs.video, modelSize)
  const weight = weightOf(setting, control)
  const detail = `preset ${preset}${weight > 0 ? `, weight ${weight}` : ', not read by this bundle'}`
  return { control, preset, weight, frames: outputs.frames, key, published: { ...file, control, detail } }
}

/** The bundle's default weight of a control; 0 where it has no such control. */
function weightOf({ request }: CameraSetting, control: string): number {
  const { controls, defaults } = request.bundle.manifest
  return controls[control] === undefined ? 0 : (defaults.controlWeights[control] ?? 1)
}

function noteSweeps(host: AugmentHost, { drive, grid }: CameraSetting): void {
  const message = sweepsNote(drive.scenario, grid.timesUs)
  if (message !== undefined) host.progress.report({ kind: 'note', message })
}
