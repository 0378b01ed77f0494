import { basename } from 'node:path'
import type { RgbImage } from '@virga/scenario'
import { controlMapStage, type ControlMapResult } from '../control-map/control-map-stage.ts'
import type { PixelTruth } from '../control-map/drive-map.ts'
import { controlMapPreviewStage } from '../control-map/preview-stage.ts'
import type { CameraSource } from '../source/camera-source.ts'
import { rgbFrames } from '../stage/rgb-frames.ts'
import type { CameraSetting } from './camera-setting.ts'
import type { Condition } from './conditions.ts'
import { publishVideo } from './publish.ts'
import type { AugmentHost } from './types.ts'

/**
 * Draws the control map that was asked for, if any, over one camera, publishes what it looks like, and gives the conditions the weights that
 * came of it.
 */
export async function mapWeights(
  host: AugmentHost,
  setting: CameraSetting,
  conditions: readonly Condition[],
): Promise<{ conditions: readonly Condition[]; controlMap?: ControlMapResult }> {
  const { request, drive, view, viewCamera, grid, source } = setting
  if (request.controlMap === undefined) return { conditions }
  const { controls, video } = request.bundle.manifest
  const size = { width: video.width, height: video.height }
  const used = conditions.map(({ control }) => control).filter((control) => controls[control] !== undefined)
  const controlMap = await controlMapStage(host, {
    ...size,
    map: request.controlMap,
    scenario: drive.scenario,
    scenarioDigest: drive.digest,
    camera: viewCamera,
    view,
    timesUs: grid.timesUs,
    fps: video.fps,
    controls: used,
    openDevice: () => host.openDevice(),
    ...(source?.hasTruth === true ? { truth: () => truthOf(source), truthDigest: source.digest } : {}),
  })
  for (const note of controlMap.notes) host.progress.report({ kind: 'note', message: `control map: ${note}` })
  const shown = await controlMapPreviewStage(host, {
    ...size,
    title: request.controlMap.spec.name ?? basename(request.controlMap.file),
    cameraName: viewCamera.name,
    controlMap,
    fps: video.fps,
    ...pictures(host, setting, conditions),
  })
  await publishVideo(setting.publication, `${setting.folder}/conditions/control-map.mp4`, shown.outputs.video, size)
  return { controlMap, conditions: conditions.map((condition) => weighted(condition, controlMap)) }
}

function weighted(condition: Condition, { facts, map }: ControlMapResult): Condition {
  if (!facts.controls.includes(condition.control)) return condition
  const { min, mean, max } = facts.weights[condition.control]
  const weight = map.isActive(condition.control) ? mean : 0
  const short = (value: number) => String(Number(value.toPrecision(3)))
  const detail = `${condition.style ?? `preset ${condition.preset ?? ''}`}, weight ${short(min)} to ${short(max)} by the control map`
  return { ...condition, weight, published: { ...condition.published, detail } }
}

/** What a map is shown over: the camera's picture, else the first condition. */
function pictures(
  host: AugmentHost,
  { sourceFrames, request }: CameraSetting,
  conditions: readonly Condition[],
): { picturesDigest: string; pictures: () => AsyncIterable<RgbImage> } | Record<string, never> {
  const frames = sourceFrames?.outputs.small ?? conditions.at(0)?.frames
  if (frames === undefined) return {}
  return { picturesDigest: frames.sha256, pictures: () => rgbFrames(host.store, frames, request.bundle.manifest.video) }
}

async function* truthOf(source: CameraSource): AsyncGenerator<PixelTruth> {
  for await (const { depth, seg } of source.frames()) {
    if (depth !== undefined && seg !== undefined) yield { width: source.width, height: source.height, depth, classes: seg }
  }
}
