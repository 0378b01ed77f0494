import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import { type RenderDevice, renderCondition } from '@virga/rendering'
import type { Camera, Scenario } from '@virga/scenario'
import { createVideo, writePng } from '@virga/video'
import type { Progress } from '../ports/progress.ts'
import type { FrameGrid } from '../request/frame-grid.ts'
import type { Size } from '../stage/rgb-frames.ts'
import { throwIfCancelled } from '../stage/cancel.ts'
import { type RenderedControl, renderedControls, whyNotDrawn } from './controls.ts'

export interface RenderControlsRequest {
  readonly scenario: Scenario
  readonly cameras: readonly Camera[]
  readonly controls: readonly RenderedControl[]
  readonly grid: FrameGrid
  /** Size of the videos; the camera's image is scaled to it, each axis by its own ratio. */
  readonly sizeOf: (camera: Camera) => Size
  /** Also write every n-th frame as PNG. */
  readonly pngEvery?: number
  readonly out: string
}

export interface RenderedVideo extends Size {
  readonly camera: string
  readonly control: RenderedControl
  readonly style: string
  readonly path: string
  readonly frames: number
  readonly fps: number
  readonly pngs: number
}

/**
 * Renders controls straight into a folder: `<camera>/<control>.mp4` and `<camera>/<control>/<frame>.png`. Frames stream through, so
 * memory does not grow with the length of the log; a video gets its name when it is complete.
 *
 * @throws VirgaError VIRGA_BAD_INPUT when the log cannot show a control; VIRGA_CANCELLED; those of rendering and video
 */
export async function renderControls(
  host: { readonly progress: Progress; readonly signal?: AbortSignal; openDevice(): Promise<RenderDevice> },
  request: RenderControlsRequest,
): Promise<RenderedVideo[]> {
  for (const control of request.controls) {
    const reason = whyNotDrawn(request.scenario, control)
    if (reason !== undefined) {
      throw new VirgaError('VIRGA_BAD_INPUT', `cannot draw ${control}: ${reason}`, { file: request.scenario.origin.uri, field: 'controls' })
    }
  }
  const device = await host.openDevice()
  const videos: RenderedVideo[] = []
  for (const camera of request.cameras) {
    for (const control of request.controls) videos.push(await renderOne(host, device, request, camera, control))
  }
  return videos
}

async function renderOne(
  host: { readonly progress: Progress; readonly signal?: AbortSignal },
  device: RenderDevice,
  request: RenderControlsRequest,
  camera: Camera,
  control: RenderedControl,
): Promise<RenderedVideo> {
  const { scenario, grid, pngEvery, out } = request
  const { width, height } = request.sizeOf(camera)
  const style = renderedControls[control]
  const stage = `${camera.name}/${control}`
  const [total, unit] = [grid.timesUs.length, 'frames']
  const path = join(out, camera.name, `${control}.mp4`)
  host.progress.report({ kind: 'stage-started', stage, total, unit })
  const comment = `Virga condition ${style} of ${scenario.id}, camera ${camera.name}`
  const sink = await createVideo(path, { width, height, fps: grid.fps, comment })
  let done = 0
  let pngs = 0
  try {
    for await (const image of renderCondition(device, scenario, { camera, style, width, height, timesUs: grid.timesUs })) {
      throwIfCancelled(host.signal)
      await sink.write(image)
      if (pngEvery !== undefined && done % pngEvery === 0) {
        await writePng(join(out, camera.name, control, `${String(done).padStart(6, '0')}.png`), image)
        pngs++
      }
      host.progress.report({ kind: 'stage-progress', stage, done: ++done, total, unit })
    }
    await sink.finish()
  } catch (error) {
    await sink.abort()
    throw error
  }
  host.progress.report({ kind: 'stage-finished', stage, reused: false, key: '' })
  return { camera: camera.name, control, style, path, width, height, frames: done, fps: grid.fps, pngs }
}
