import { VirgaError } from '@virga/errors'
import { styleNames } from '@virga/rendering'
import type { Scenario } from '@virga/scenario'
import { type RenderedControl, renderedControls, whyNotDrawn } from '../render/controls.ts'
import { sweepsNote } from '../render/sweeps-note.ts'
import type { BlobRef } from '../ports/blob-store.ts'
import type { Size } from '../stage/rgb-frames.ts'
import { imageControls, imageControlStage } from '../stages/image-control.ts'
import { type LabelControl, labelControls, renderLabelsStage } from '../stages/render-labels.ts'
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

/** Without camera video conditions are shown at this many times the model's size, as far as the camera's view goes. */
const enlargement = 4

/**
 * Every condition that the drive can give, made and published; those that the bundle reads have a weight. With a choice of controls only those
 * are made.
 *
 * @throws VirgaError VIRGA_BAD_BUNDLE for a style that cannot be drawn; VIRGA_UNKNOWN_NAME, VIRGA_USAGE and VIRGA_BAD_INPUT for controls and weights
 *   that the bundle or the drive does not have
 */
export async function makeConditions(host: AugmentHost, setting: CameraSetting): Promise<Condition[]> {
  checkControls(setting)
  const { manifest } = setting.request.bundle
  for (const [control, { style }] of Object.entries(manifest.controls)) {
    if (style !== undefined && !styleNames.includes(style)) {
      throw new VirgaError('VIRGA_BAD_BUNDLE', `control ${control} was trained on a style that this Virga cannot draw: ${style}`, {
        file: setting.request.bundle.dir,
        expected: styleNames.join(', '),
      })
    }
  }
  const made = (control: string): boolean => isMade(setting, control)
  const conditions: Condition[] = []
  for (const control of (Object.keys(renderedControls) as RenderedControl[]).filter(made))
    conditions.push(await renderedCondition(host, setting, control))
  const labels = labelControls.filter(made)
  if (labels.length > 0) conditions.push(...(await labelConditions(host, setting, labels)))
  if (setting.sourceFrames !== undefined)
    for (const control of imageControls.filter(made))
      conditions.push(await imageCondition(host, setting, control, setting.sourceFrames.outputs.small))
  return conditions
}

/**
 * Whether a condition is made: the drive can give it, and it was chosen or the bundle reads it. What costs little or is looked at most is shown
 * without being read, too.
 */
function isMade({ request, drive, sourceFrames }: CameraSetting, control: string): boolean {
  const { controls, weights } = request
  const read = request.bundle.manifest.controls[control] !== undefined
  if (cannotGive(drive.scenario, sourceFrames !== undefined, control) !== undefined) return false
  if (controls !== undefined) return controls.includes(control)
  if (weights?.[control] === 0) return false
  return read || control === 'hdmap' || control === 'vis' || control === 'edge' || (control === 'lidar' && drive.simulated === undefined)
}

/** Why the drive cannot give a control; undefined when it can. */
function cannotGive(scenario: Scenario, hasVideo: boolean, control: string): string | undefined {
  switch (control) {
    case 'hdmap':
    case 'lidar':
      return whyNotDrawn(scenario, control)
    case 'depth':
    case 'seg':
      return whyNotDrawn(scenario, 'hdmap')
    case 'vis':
    case 'edge':
      return hasVideo ? undefined : 'there is no camera video for these frames'
    default:
      return 'Virga does not make it'
  }
}

/** Controls and weights that were asked for by name must be there. */
function checkControls({ request, drive, sourceFrames }: CameraSetting): void {
  const { manifest } = request.bundle
  const known = Object.keys(manifest.controls)
  const asked = [...(request.controls ?? []), ...Object.keys(request.weights ?? {})]
  for (const control of asked) {
    if (manifest.controls[control] === undefined) {
      throw new VirgaError('VIRGA_UNKNOWN_NAME', `bundle ${manifest.name} has no control ${control}`, {
        field: request.controls?.includes(control) === true ? 'controls' : 'weight',
        expected: `one or more of: ${known.join(', ')}`,
      })
    }
    const reason = cannotGive(drive.scenario, sourceFrames !== undefined, control)
    if (reason !== undefined && request.weights?.[control] !== 0)
      throw new VirgaError('VIRGA_BAD_INPUT', `cannot make ${control}: ${reason}`, { file: drive.scenario.origin.uri, field: 'controls' })
  }
  for (const [control, weight] of Object.entries(request.weights ?? {})) {
    if (!Number.isFinite(weight) || weight < 0)
      throw new VirgaError('VIRGA_USAGE', `the weight of ${control} is ${weight}`, { field: 'weight', expected: 'a number of at least 0' })
    if (request.controls !== undefined && !request.controls.includes(control)) {
      throw new VirgaError('VIRGA_USAGE', `${control} has a weight but is not among the controls`, {
        field: 'weight',
        expected: request.controls.join(', '),
      })
    }
  }
}

/** What people look at: the source's size, else some times the model's. */
export function shownSize({ source, view, request }: CameraSetting): Size {
  const { width, height } = request.bundle.manifest.video
  if (source !== undefined) return { width: source.width, height: source.height }
  if (view.width >= width * enlargement) return { width: width * enlargement, height: height * enlargement }
  return { width: view.width, height: view.height }
}

async function labelConditions(host: AugmentHost, setting: CameraSetting, controls: readonly LabelControl[]): Promise<Condition[]> {
  const { drive, viewCamera, grid, request } = setting
  const { width, height, fps } = request.bundle.manifest.video
  const videoSize = shownSize(setting)
  const { outputs, facts, key } = await renderLabelsStage(host, {
    scenario: drive.scenario,
    scenarioDigest: drive.digest,
    camera: viewCamera,
    timesUs: grid.timesUs,
    fps,
    modelSize: { width, height },
    videoSize,
    openDevice: () => host.openDevice(),
  })
  const from = drive.scenario.sweeps.length > 0 ? 'labels and LiDAR' : 'labels'
  const made: Condition[] = []
  for (const control of controls) {
    const video = await publishVideo(
      setting.publication,
      `${setting.folder}/conditions/${control}.mp4`,
      outputs[`${control}Video`],
      videoSize,
    )
    const weight = weightOf(setting, control)
    const detail = `from ${from}${weight > 0 ? `, weight ${weight}` : ', not read by this bundle'}`
    made.push({ control, weight, frames: outputs[control], key, adapter: facts.adapter, published: { ...video, control, detail } })
  }
  return made
}

async function renderedCondition(host: AugmentHost, setting: CameraSetting, control: RenderedControl): Promise<Condition> {
  const { drive, viewCamera, grid, request } = setting
  const { width, height, fps } = request.bundle.manifest.video
  const style = request.bundle.manifest.controls[control]?.style ?? renderedControls[control]
  const videoSize = shownSize(setting)
  const { outputs, facts, key } = await renderConditionStage(host, {
    scenario: drive.scenario,
    scenarioDigest: drive.digest,
    camera: viewCamera,
    control,
    style,
    timesUs: grid.timesUs,
    fps,
    modelSize: { width, height },
    videoSize,
    openDevice: () => host.openDevice(),
  })
  if (control === 'lidar') noteSweeps(host, setting)
  const video = await publishVideo(setting.publication, `${setting.folder}/conditions/${control}.mp4`, outputs.video, videoSize)
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
  const file = await publishVideo(setting.publication, `${setting.folder}/conditions/${control}.mp4`, outputs.video, modelSize)
  const weight = weightOf(setting, control)
  const detail = `preset ${preset}${weight > 0 ? `, weight ${weight}` : ', not read by this bundle'}`
  return { control, preset, weight, frames: outputs.frames, key, published: { ...file, control, detail } }
}

/** The weight that was asked for, else the bundle's default; 0 where it has no such control or another choice was made. */
function weightOf({ request }: CameraSetting, control: string): number {
  const { controls, defaults } = request.bundle.manifest
  if (controls[control] === undefined || request.controls?.includes(control) === false) return 0
  return request.weights?.[control] ?? defaults.controlWeights[control] ?? 1
}

function noteSweeps(host: AugmentHost, { drive, grid }: CameraSetting): void {
  const message = sweepsNote(drive.scenario, grid.timesUs)
  if (message !== undefined) host.progress.report({ kind: 'note', message })
}
