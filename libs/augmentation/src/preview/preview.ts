import { join } from 'node:path'
import type { LoadedControlMap } from '@virga/conditions'
import type { RenderDevice, Style } from '@virga/rendering'
import type { Camera, Micros, RgbImage, Scenario } from '@virga/scenario'
import { writePng } from '@virga/video'
import { openDriveMap } from '../control-map/drive-map.ts'
import { controlMapPreview } from '../control-map/preview.ts'
import type { Progress } from '../ports/progress.ts'
import { type Control, parseControls, type RenderedControl, stylesOf } from '../render/controls.ts'
import type { ControlPass, RenderView } from '../render/control-pass.ts'
import { cameraOfPicture, chainOf, type Fit, windowOfPicture } from '../render/fit.ts'
import { logFrameSource, videoFrameSource } from '../render/frame-source.ts'
import { type GivenVideo, openPasses } from '../render/open-passes.ts'
import type { ImageControl } from '../render/passes/image-pass.ts'
import { safeName } from '../request/safe-name.ts'
import { writeWhole } from '../stage/write-whole.ts'
import { previewSheet, type PreviewTile } from './preview-sheet.ts'

export interface PreviewRequest {
  readonly scenario: Scenario
  readonly cameras: readonly Camera[]
  readonly timeUs: Micros
  /** `all` among them: what each camera can give. */
  readonly controls: readonly string[]
  readonly styles: readonly Style[]
  readonly viewOf: (camera: Camera, styles: ReadonlyMap<RenderedControl, Style>) => RenderView
  readonly fit: Fit
  readonly presets: Readonly<Record<ImageControl, string>>
  readonly given: readonly GivenVideo[]
  /** Also drawn over each camera, into <camera>-control-map.png. */
  readonly controlMap?: LoadedControlMap
  readonly out: string
}

export interface PreviewHost {
  readonly progress: Progress
  openDevice(): Promise<RenderDevice>
}

/**
 * One PNG per camera at one moment: the camera's picture if there is one, and each control beside it.
 *
 * @returns the files, in the order of the cameras
 * @throws VirgaError as `openPasses` does
 */
export async function preview(host: PreviewHost, request: PreviewRequest): Promise<string[]> {
  const files: string[] = []
  const total = request.cameras.length
  host.progress.report({ kind: 'stage-started', stage: 'preview', total, unit: 'cameras' })
  for (const [i, camera] of request.cameras.entries()) {
    files.push(...(await previewCamera(host, request, camera)))
    host.progress.report({ kind: 'stage-progress', stage: 'preview', done: i + 1, total, unit: 'cameras' })
  }
  host.progress.report({ kind: 'stage-finished', stage: 'preview', reused: false, key: '' })
  return files
}

async function previewCamera(host: PreviewHost, request: PreviewRequest, camera: Camera): Promise<string[]> {
  const { scenario, timeUs, out } = request
  const given = request.given.filter((video) => video.camera === undefined || video.camera === camera.name)
  const controls: Control[] = parseControls(request.controls, scenario, [camera], given)
  const styles = stylesOf(controls, request.styles)
  const view = request.viewOf(camera, styles)
  const { fit, presets } = request
  const timesUs = [timeUs]
  const opened = await openPasses({
    scenario,
    controls,
    styles,
    views: [view],
    fit,
    timesUs,
    presets,
    given,
    openDevice: () => host.openDevice(),
  })
  try {
    for (const message of opened.notes) host.progress.report({ kind: 'note', message })
    const pictures = await pictureTile(request, given, camera)
    const tiles = [...pictures, ...(await controlTiles(opened.passes))]
    const seconds = ((timeUs - scenario.startUs) / 1e6).toFixed(2)
    const facts = [
      `${camera.name}: ${camera.model.kind}, ${camera.width}x${camera.height}, shown at ${view.width}x${view.height}, ${seconds} s after the start`,
      ...(scenario.captions?.Original === undefined ? [] : [scenario.captions.Original]),
    ]
    const file = join(out, `${safeName(camera.name)}.png`)
    await writeWhole(file, await previewSheet({ heading: scenario.id, facts, tiles }))
    return request.controlMap === undefined
      ? [file]
      : [file, await mapSheet(host, request, request.controlMap, view, controls, tiles[0].image)]
  } finally {
    await opened.close()
  }
}

async function pictureTile({ scenario, timeUs }: PreviewRequest, given: readonly GivenVideo[], camera: Camera): Promise<PreviewTile[]> {
  const path = given.find(({ control }) => control === undefined)?.path
  const source =
    path === undefined ? logFrameSource(scenario, camera, [timeUs]) : await videoFrameSource(path, 'the preview', scenario, [timeUs])
  if (source === undefined) return []
  try {
    for await (const image of source.frames(0, 1)) {
      return [{ title: 'camera', note: `${path === undefined ? "the log's picture" : path}, ${image.width}x${image.height}`, image }]
    }
    return []
  } finally {
    await source.close()
  }
}

async function controlTiles(passes: readonly ControlPass[]): Promise<PreviewTile[]> {
  const tiles: PreviewTile[] = []
  for (const pass of passes) {
    for await (const { control, image } of pass.pictures({ first: 0, count: 1 }, [0])) {
      tiles.push({ title: control, note: pass.made[control].replaceAll(/[0-9a-f]{64}/g, (digest) => digest.slice(0, 8)), image })
    }
  }
  return tiles
}

/** The control map over one camera, on its picture or its first control. */
async function mapSheet(
  host: PreviewHost,
  { scenario, timeUs, fit, out }: PreviewRequest,
  map: LoadedControlMap,
  view: RenderView,
  controls: readonly Control[],
  picture: RgbImage,
): Promise<string> {
  const { width, height } = view
  const chain = chainOf(fit, 'resize', view.camera, view)
  const window = windowOfPicture(view.camera, chain, view)
  const stream = await openDriveMap({
    map,
    scenario,
    camera: cameraOfPicture(view.camera, chain, view),
    ...(window === undefined ? {} : { view: window }),
    timesUs: [timeUs],
    fps: 30,
    controls,
    width,
    height,
    openDevice: () => host.openDevice(),
  })
  const sheet = await controlMapPreview({ controls, width, height, title: map.spec.name ?? map.file })
  const file = join(out, `${safeName(view.camera.name)}-control-map.png`)
  for await (const planes of stream) await writePng(file, sheet.draw(planes, picture))
  for (const message of stream.notes()) host.progress.report({ kind: 'note', message })
  return file
}
