import { VirgaError } from '@virga/errors'
import type { Chain, RenderDevice, Style } from '@virga/rendering'
import type { Micros, Scenario } from '@virga/scenario'
import { type Control, isRendered, type RenderedControl, whyNotDrawn } from './controls.ts'
import type { ControlPass, RenderView } from './control-pass.ts'
import { cameraOfPicture, chainOf, type Fit } from './fit.ts'
import { type FrameSource, logFrameSource, videoFrameSource } from './frame-source.ts'
import { givenPass } from './passes/given-pass.ts'
import { type ImageControl, imagePass } from './passes/image-pass.ts'
import { type LabelControl, labelPass } from './passes/label-pass.ts'
import { stylePass } from './passes/style-pass.ts'
import { sweepsNote } from './sweeps-note.ts'

/** A video that stands for something of one camera, or of the only camera. */
export interface GivenVideo {
  readonly camera?: string
  /** The control that it is; undefined: it is the camera's own pictures. */
  readonly control?: Control
  readonly path: string
}

export interface PassesRequest {
  readonly scenario: Scenario
  readonly controls: readonly Control[]
  readonly styles: ReadonlyMap<RenderedControl, Style>
  /** SHA-256 of the file of each style that comes from one: a style's name may stay while its file changes. */
  readonly styleFiles?: ReadonlyMap<Style, string | undefined>
  readonly views: readonly RenderView[]
  readonly fit: Fit
  readonly timesUs: readonly Micros[]
  readonly presets: Readonly<Record<ImageControl, string>>
  readonly given: readonly GivenVideo[]
  openDevice(): Promise<RenderDevice>
}

export interface OpenedPasses {
  readonly passes: readonly ControlPass[]
  /** What the user should know before looking at the result. */
  readonly notes: readonly string[]
  close(): Promise<void>
}

/**
 * What it takes to make the controls, checked before any work: a control that the log cannot give is refused at once.
 *
 * @throws VirgaError VIRGA_BAD_INPUT when the log cannot give a control; VIRGA_USAGE for videos that fit no camera; those of opening videos
 */
export async function openPasses(request: PassesRequest): Promise<OpenedPasses> {
  const sources: FrameSource[] = []
  const close = async (): Promise<void> => {
    for (const source of sources) await source.close()
  }
  try {
    checkGiven(request)
    const passes: ControlPass[] = []
    let pictures: FrameSource[] = []
    for (const control of request.controls.filter(isRendered)) passes.push(drawnPass(request, control))
    const labelled: LabelControl[] = []
    for (const control of request.controls.filter((name): name is LabelControl => name === 'depth' || name === 'seg')) {
      const videos = await givenPictures(request, control)
      if (videos === undefined) labelled.push(control)
      else {
        sources.push(...videos)
        passes.push(givenPass(control, request.views, videos))
      }
    }
    if (labelled.length > 0) passes.push(drawnLabels(request, labelled))
    const image = request.controls.filter((control): control is ImageControl => control === 'edge' || control === 'vis')
    if (image.length > 0) {
      pictures = await Promise.all(request.views.map((view) => cameraPictures(request, view, image)))
      sources.push(...pictures)
      const chains = request.views.map((view) => pictureChain(request, view))
      passes.push(imagePass({ controls: image, presets: request.presets, views: request.views, chains, sources: pictures }))
    }
    const sweeps = request.controls.includes('lidar') ? sweepsNote(request.scenario, request.timesUs) : undefined
    const notes = [...request.views.flatMap((view, i) => stretched(view, pictures[i])), ...(sweeps === undefined ? [] : [sweeps])]
    return { passes, notes, close }
  } catch (error) {
    await close()
    throw error
  }
}

function drawnPass(request: PassesRequest, control: RenderedControl): ControlPass {
  const { scenario, styles, views, fit, timesUs } = request
  const reason = whyNotDrawn(scenario, control)
  if (reason !== undefined) throw cannot(scenario, control, reason)
  const style = styles.get(control) as Style
  const chains = views.map((view): Chain => chainOf(fit, style.defaultChain, view.camera, view))
  const file = request.styleFiles?.get(style)
  return stylePass({
    scenario,
    control,
    style,
    ...(file === undefined ? {} : { file }),
    views,
    timesUs,
    chains,
    openDevice: () => request.openDevice(),
  })
}

function drawnLabels(request: PassesRequest, controls: readonly LabelControl[]): ControlPass {
  const { scenario, views, timesUs } = request
  const reason = whyNotDrawn(scenario, 'hdmap')
  if (reason !== undefined) throw cannot(scenario, controls.join(' and '), `${reason}; give a video with --input`)
  const cameras = views.map((view) => cameraOfPicture(view.camera, pictureChain(request, view), view))
  return labelPass({ scenario, controls, views, cameras, timesUs, openDevice: () => request.openDevice() })
}

/** The chain of the pictures beside which a control is computed at their size. */
function pictureChain({ fit, styles }: PassesRequest, view: RenderView): Chain {
  const style = styles.get('hdmap') ?? styles.get('lidar')
  return chainOf(fit, style?.defaultChain ?? 'resize', view.camera, view)
}

/** A control's videos, one of each view; undefined when none is given. */
async function givenPictures(request: PassesRequest, control: Control): Promise<FrameSource[] | undefined> {
  const { scenario, views, timesUs } = request
  const paths = views.map(({ camera }) => givenFor(request, camera.name, control))
  if (paths.every((path) => path === undefined)) return undefined
  const without = paths.indexOf(undefined)
  if (without >= 0) {
    throw new VirgaError('VIRGA_USAGE', `no ${control} video for camera ${views[without].camera.name}`, {
      field: 'input',
      expected: `CAMERA:${control}=FILE for every camera, or for none`,
    })
  }
  return Promise.all(paths.map((path) => videoFrameSource(path as string, control, scenario, timesUs)))
}

async function cameraPictures(request: PassesRequest, { camera }: RenderView, needing: readonly Control[]): Promise<FrameSource> {
  const { scenario, timesUs } = request
  const video = givenFor(request, camera.name, undefined)
  if (video !== undefined) return videoFrameSource(video, needing.join(' and '), scenario, timesUs)
  const source = logFrameSource(scenario, camera, timesUs)
  if (source !== undefined) return source
  const has = scenario.images.has(camera.name) ? 'has pictures for only some of these frames' : 'has no pictures in this log'
  throw cannot(scenario, needing.join(' and '), `camera ${camera.name} ${has}; give its video with --video`)
}

/** A picture of another shape is stretched, as the official pre-processing does: right for it, and easily a mistake. */
function stretched({ camera, width, height }: RenderView, source: FrameSource | undefined): string[] {
  if (source === undefined || Math.abs((source.width / source.height) * (height / width) - 1) < 0.03) return []
  return [`pictures of ${camera.name} are ${source.width}x${source.height} and are stretched to ${width}x${height}`]
}

function givenFor({ given, views }: PassesRequest, camera: string, control: Control | undefined): string | undefined {
  return given.find((video) => video.control === control && (video.camera ?? (views.length === 1 ? camera : undefined)) === camera)?.path
}

function checkGiven({ given, views, controls }: PassesRequest): void {
  const cameras = views.map(({ camera }) => camera.name)
  for (const { camera, control, path } of given) {
    const fail = (problem: string, expected: string): never => {
      throw new VirgaError('VIRGA_USAGE', `${path}: ${problem}`, { field: control === undefined ? 'video' : 'input', expected })
    }
    if (camera === undefined && cameras.length > 1)
      fail('it is not clear which camera this video is of', `CAMERA=FILE with one of: ${cameras.join(', ')}`)
    if (camera !== undefined && !cameras.includes(camera))
      fail(`camera ${camera} is not among those that are rendered`, `one of: ${cameras.join(', ')}`)
    if (control !== undefined && !controls.includes(control)) fail(`${control} is not among the controls`, controls.join(', '))
  }
}

function cannot(scenario: Scenario, control: string, reason: string): VirgaError {
  return new VirgaError('VIRGA_BAD_INPUT', `cannot make ${control}: ${reason}`, { file: scenario.origin.uri, field: 'controls' })
}
