import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import { checkOptions } from '@virga/models'
import { loadRelight, type Relight } from '@virga/relight'
import type { Camera } from '@virga/scenario'
import { lookName } from '@virga/simulation'
import { findCamera } from '../request/find-camera.ts'
import { frameGrid, type FrameGrid } from '../request/frame-grid.ts'
import { viewOf } from '../request/view.ts'
import { firstFrameOf } from './first-frame.ts'
import { publishOverview } from './overview.ts'
import { augmentCamera } from './augment-camera.ts'
import { type DriveInput, openDrive } from './drive-input.ts'
import { type AugmentHost, type AugmentRequest, type AugmentResult, defaultFrames, type PublishedCamera } from './types.ts'

/**
 * Turns one drive into its variants: `<scenario>/<camera>/<variant>/{video.mp4,manifest.json}`, the conditions, a contact sheet and a
 * report below the output folder. Every stage is looked up in the store first; what is there is reused.
 *
 * @throws VirgaError VIRGA_UNKNOWN_NAME, VIRGA_OUT_OF_RANGE, VIRGA_BAD_INPUT for a request that does not fit the drive or the bundle;
 *   VIRGA_CANCELLED; those of the stages
 */
export async function augment(host: AugmentHost, request: AugmentRequest): Promise<AugmentResult> {
  requireLooks(request)
  const { bundle } = request
  const { fps } = bundle.manifest.video
  const frames = request.frames ?? defaultFrames
  const drive = await openAsked(host, request, frames, fps)
  const names = request.cameras.length > 0 ? request.cameras : drive.scenario.rig.cameras.slice(0, 1).map(({ name }) => name)
  const cameras = names.map((name) => findCamera(drive.scenario, name))
  await checkAhead(request, cameras)
  const grid = gridOf(drive, request, fps)
  const relight: Relight | undefined =
    bundle.manifest.relight === undefined ? undefined : await loadRelight(bundle.dir, bundle.manifest.relight)
  const published: PublishedCamera[] = []
  for (const camera of cameras) published.push(await augmentCamera(host, { request, drive, camera, grid, relight }))
  const result = {
    scenario: drive.scenario.id,
    frames: grid.timesUs.length,
    fps,
    promise: published.every(({ variants }) => variants.every(({ manifest }) => manifest.composition.promise !== 'layout-only'))
      ? ('structure-of-the-source-pixels' as const)
      : ('layout-only' as const),
    cameras: published,
    contactSheet: join(request.out, 'contact-sheet.png'),
    report: join(request.out, 'report.html'),
  }
  await publishOverview(host, request, drive, result)
  return result
}

function openAsked(host: AugmentHost, { drive, startSeconds }: AugmentRequest, frames: number, fps: number): Promise<DriveInput> {
  switch (drive.kind) {
    case 'opened':
      return Promise.resolve(drive.drive)
    case 'log':
      return openDrive(host, drive)
    case 'simulation':
      return openDrive(host, { ...drive, frames: frames + Math.ceil((startSeconds ?? 0) * fps), fps })
  }
}

function gridOf(drive: DriveInput, request: AugmentRequest, fps: number): FrameGrid {
  return frameGrid(drive.scenario, {
    fps,
    preferred: defaultFrames,
    ...(request.startSeconds === undefined ? {} : { startSeconds: request.startSeconds }),
    ...(request.frames === undefined ? {} : { count: request.frames }),
  })
}

/** What the generator would refuse after all conditions are made is refused before. */
async function checkAhead(request: AugmentRequest, cameras: readonly Camera[]): Promise<void> {
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

function requireLooks({ variants, bundle }: AugmentRequest): void {
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
