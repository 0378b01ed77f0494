import type { Relight } from '@virga/relight'
import { whyNotDrawn } from '../render/controls.ts'
import { type Canvas, labelledCanvas, paintCanvas, type StoredLabels, videoCanvas, videoMode } from '../source/canvas.ts'
import type { Size } from '../stage/rgb-frames.ts'
import { labelGeometryStage } from '../stages/label-geometry.ts'
import type { CameraSetting } from './camera-setting.ts'
import { type Condition, shownSize } from './conditions.ts'
import type { AugmentHost } from './types.ts'

/**
 * What the variants of a camera begin from and stand on: its video relit, where vis or edge tie the network to it; else its labels painted,
 * where the bundle does that and the drive has some; else nothing.
 */
export async function openCanvas(host: AugmentHost, setting: CameraSetting, conditions: readonly Condition[]): Promise<Canvas | undefined> {
  const { request, relight, source, drive } = setting
  if (relight === undefined || request.relight === false) return undefined
  const { withVideo, withoutVideo } = request.bundle.manifest.base
  const hasLabels = whyNotDrawn(drive.scenario, 'hdmap') === undefined
  const isTied = conditions.some(({ control, weight }) => weight > 0 && (control === 'vis' || control === 'edge'))
  if (source !== undefined && isTied && withVideo === 'relight') {
    const mode = videoMode(source, relight, hasLabels)
    return mode === 'rgb' || mode === 'rgb-depth-seg'
      ? videoCanvas(source, mode)
      : labelledCanvas(host.store, source, await labelsOf(host, setting, source))
  }
  if (withoutVideo !== 'paint' || !hasLabels || !canPaint(relight)) return undefined
  return paintCanvas(host.store, await labelsOf(host, setting, shownSize(setting)), setting.grid.timesUs.length)
}

const canPaint = (relight: Relight): boolean => relight.modes.includes('labels')

async function labelsOf(host: AugmentHost, { drive, viewCamera, grid }: CameraSetting, { width, height }: Size): Promise<StoredLabels> {
  const { key, outputs } = await labelGeometryStage(host, {
    scenario: drive.scenario,
    scenarioDigest: drive.digest,
    camera: viewCamera,
    timesUs: grid.timesUs,
    size: { width, height },
    openDevice: () => host.openDevice(),
  })
  return { key, outputs, width, height }
}
