import { VirgaError } from '@virga/errors'
import { checkOptions } from '@virga/models'
import { loadRelight, type Relight } from '@virga/relight'
import type { Camera } from '@virga/scenario'
import { lookName } from '@virga/simulation'
import { findCamera } from '../request/find-camera.ts'
import { frameGrid, type FrameGrid } from '../request/frame-grid.ts'
import { viewOf } from '../request/view.ts'
import type { StageContext } from '../stage/stage-context.ts'
import { type DriveInput, openDrive } from './drive-input.ts'
import { firstFrameOf } from './first-frame.ts'
import { type AugmentSettings, defaultFrames } from './types.ts'

/** A drive that was opened for a request, and what the request means on it. */
export interface OpenedAugmentation {
  readonly request: AugmentSettings
  readonly drive: DriveInput
  readonly cameras: readonly Camera[]
  readonly grid: FrameGrid
  readonly relight: Relight | undefined
}

/**
 * Opens the drive, and refuses what the stages would refuse later: looks, cameras, frames, prompts, first frame.
 *
 * @throws VirgaError VIRGA_USAGE, VIRGA_UNKNOWN_NAME, VIRGA_OUT_OF_RANGE, VIRGA_BAD_INPUT; VIRGA_CANCELLED
 */
export async function openAugmentation(context: StageContext, request: AugmentSettings): Promise<OpenedAugmentation> {
  requireLooks(request)
  const { bundle } = request
  const drive = await openAsked(context, request)
  const names = request.cameras.length > 0 ? request.cameras : drive.scenario.rig.cameras.slice(0, 1).map(({ name }) => name)
  const cameras = names.map((name) => findCamera(drive.scenario, name))
  await checkAhead(request, cameras)
  const grid = gridOf(drive, request)
  const relight = bundle.manifest.relight === undefined ? undefined : await loadRelight(bundle.dir, bundle.manifest.relight)
  return { request, drive, cameras, grid, relight }
}

function openAsked(context: StageContext, { drive, startSeconds, frames = defaultFrames, bundle }: AugmentSettings): Promise<DriveInput> {
  const { fps } = bundle.manifest.video
  switch (drive.kind) {
    case 'opened':
      return Promise.resolve(drive.drive)
    case 'log':
      return openDrive(context, drive)
    case 'simulation':
      return openDrive(context, { ...drive, frames: frames + Math.ceil((startSeconds ?? 0) * fps), fps })
  }
}

function gridOf(drive: DriveInput, { startSeconds, frames, bundle }: AugmentSettings): FrameGrid {
  return frameGrid(drive.scenario, {
    fps: bundle.manifest.video.fps,
    preferred: defaultFrames,
    ...(startSeconds === undefined ? {} : { startSeconds }),
    ...(frames === undefined ? {} : { count: frames }),
  })
}

/** What the generator would refuse after all conditions are made is refused before. */
async function checkAhead(request: AugmentSettings, cameras: readonly Camera[]): Promise<void> {
  const { bundle, prompt, negativePrompt, clipFrames, firstFrame } = request
  const { width, height } = bundle.manifest.video
  const common = {
    ...(prompt === undefined ? {} : { prompt }),
    ...(negativePrompt === undefined ? {} : { negativePrompt }),
    ...(clipFrames === undefined ? {} : { clipFrames }),
  }
  for (const camera of cameras) {
    const view = viewOf(camera, width / height)
    await checkOptions(bundle, {
      ...common,
      ...(firstFrame === undefined ? {} : { firstFrame: firstFrameOf(firstFrame, { request, camera, view }) }),
    })
  }
}

function requireLooks({ variants, bundle }: AugmentSettings): void {
  if (variants.length === 0)
    throw new VirgaError('VIRGA_USAGE', 'no variant was asked for', { field: 'variant', expected: 'at least one WEATHER/LIGHTING' })
  const known = bundle.manifest.looks.map(({ name }) => name)
  for (const variant of variants) {
    if (known.includes(lookName(variant))) continue
    throw new VirgaError(
      'VIRGA_UNKNOWN_NAME',
      `bundle ${bundle.manifest.name} was not trained for ${variant.weather}/${variant.lighting}`,
      {
        field: 'variant',
        expected: `one of: ${bundle.manifest.looks.map(({ weather, lighting }) => `${weather}/${lighting}`).join(', ')}`,
      },
    )
  }
}
