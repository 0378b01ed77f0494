import { dirname, join } from 'node:path'
import type { LoadedControlMap } from '@virga/conditions'
import type { RenderDevice } from '@virga/rendering'
import type { RgbImage, Scenario } from '@virga/scenario'
import { createVideo, type Preset } from '@virga/video'
import type { Progress } from '../ports/progress.ts'
import type { FrameGrid } from '../request/frame-grid.ts'
import { safeName } from '../request/safe-name.ts'
import { throwIfCancelled } from '../stage/cancel.ts'
import { ChunkWriter } from './chunk-writer.ts'
import { type Chunk, type ChunkPlan, planChunks, type TailPolicy } from './chunk-plan.ts'
import { type ControlMapFiles, writeControlMap } from './control-map-files.ts'
import type { ControlPass, RenderView } from './control-pass.ts'
import { type EarlierRun, earlierRun } from './earlier-run.ts'
import { removeEmptyFolders } from './empty-folders.ts'
import { cameraOfPicture, chainOf, type Fit, windowOfPicture } from './fit.ts'
import { type Layout, outputFile, pngFile } from './layout.ts'
import {
  removeRenderManifest,
  type RenderedOutput,
  type RenderManifest,
  renderManifestSchema,
  type RenderSettings,
  writeRenderManifest,
} from './run-manifest.ts'
import { settingsOf } from './run-settings.ts'

export interface RenderRunRequest {
  readonly scenario: Scenario
  readonly views: readonly RenderView[]
  readonly passes: readonly ControlPass[]
  /** Style by control. */
  readonly styles: Readonly<Record<string, string>>
  readonly fit: Fit
  readonly grid: FrameGrid
  /** Frames per chunk; undefined: one video of everything. */
  readonly chunk?: number
  readonly tail: TailPolicy
  readonly layout: Layout
  readonly encoding: { readonly crf: number; readonly preset: Preset }
  /** Also write every n-th frame as PNG. */
  readonly pngEvery?: number
  readonly controlMap?: LoadedControlMap
  /** Keep what an earlier run with the same settings completed. */
  readonly resume: boolean
  readonly out: string
}

export interface RenderRunHost {
  readonly version: string
  readonly progress: Progress
  readonly signal?: AbortSignal
  openDevice(): Promise<RenderDevice>
  /** What draws; null if nothing had to be drawn. */
  adapter(): Promise<RenderManifest['adapter']>
}

export interface RenderRunResult {
  readonly manifest: RenderManifest
  /** Videos that were there already. */
  readonly kept: number
  readonly pngs: number
}

/**
 * Writes every control of every camera, chunk by chunk. Frames stream through, so memory does not grow with the length of the log. A video
 * gets its name when it is complete, and the manifest then says so: a run that is killed can be gone on with.
 *
 * @throws VirgaError VIRGA_USAGE when asked to go on with a run of other settings; VIRGA_CANCELLED; those of rendering and video
 */
export async function renderRun(host: RenderRunHost, request: RenderRunRequest): Promise<RenderRunResult> {
  const plan = planChunks(request.grid.timesUs.length, request.chunk, request.tail)
  const settings = await settingsOf(request)
  const before = await earlierRun(request, settings)
  const run = new Run(host, request, plan, settings, before)
  try {
    await run.save(false)
    // First, since a map that does not fit the drive says so at its first frame.
    for (const view of request.views.keys()) await run.makeControlMap(view)
    for (const chunk of plan.chunks) for (const pass of request.passes) await run.make(pass, chunk)
  } catch (error) {
    await run.leaveNothingEmpty()
    throw error
  }
  const manifest = await run.save(true, (await host.adapter()) ?? before.adapter)
  if (plan.dropped > 0) {
    host.progress.report({ kind: 'note', message: `${plan.dropped} frames at the end fill no chunk and were left out (--tail drop)` })
  }
  return { manifest, kept: run.kept, pngs: run.pngs }
}

class Run {
  readonly #host: RenderRunHost
  readonly #request: RenderRunRequest
  readonly #plan: ChunkPlan
  readonly #settings: RenderSettings
  readonly #outputs: RenderedOutput[]
  readonly #controlMaps: ControlMapFiles[]
  readonly kept: number
  pngs = 0

  constructor(host: RenderRunHost, request: RenderRunRequest, plan: ChunkPlan, settings: RenderSettings, before: EarlierRun) {
    this.#host = host
    this.#request = request
    this.#plan = plan
    this.#settings = settings
    this.#outputs = [...before.outputs]
    this.#controlMaps = [...before.controlMaps]
    this.kept = before.outputs.length
  }

  /** The videos of one pass in one chunk, as far as they are not there. */
  async make(pass: ControlPass, chunk: Chunk): Promise<void> {
    const { views } = this.#request
    const wanted = views.flatMap((_, view) => pass.controls.map((control) => ({ view, control }))).filter((it) => !this.#has(it, chunk))
    if (wanted.length === 0) return
    const active = [...new Set(wanted.map(({ view }) => view))]
    const stage = this.#title(pass, active, chunk)
    const [total, unit] = [chunk.frames * active.length * pass.controls.length, 'pictures']
    const { progress, signal } = this.#host
    progress.report({ kind: 'stage-started', stage, total, unit })
    const sinks = new Map<string, ChunkWriter>()
    try {
      for (const { view, control } of wanted) sinks.set(`${view} ${control}`, await this.#open(view, control, chunk))
      let done = 0
      for await (const { view, control, image } of pass.pictures({ first: chunk.first, count: chunk.frames }, active)) {
        throwIfCancelled(signal)
        const written = await sinks.get(`${view} ${control}`)?.write(image)
        if (written === 'png') this.pngs += 1
        progress.report({ kind: 'stage-progress', stage, done: ++done, total, unit })
      }
      for (const [key, sink] of sinks) {
        this.#outputs.push(await sink.finish())
        sinks.delete(key)
      }
    } finally {
      for (const sink of sinks.values()) await sink.abort()
    }
    await this.save(false)
    progress.report({ kind: 'stage-finished', stage, reused: false, key: '' })
  }

  /** The control map over one camera, if there is one and it is not there. */
  async makeControlMap(view: number): Promise<void> {
    const { controlMap: map, scenario, views, passes, grid, out, fit } = this.#request
    const { name } = views[view].camera
    if (map === undefined || this.#controlMaps.some(({ camera }) => camera === name)) return
    const { timesUs, fps } = grid
    const controls = passes.flatMap((pass) => pass.controls)
    const chain = chainOf(fit, 'resize', views[view].camera, views[view])
    const camera = cameraOfPicture(views[view].camera, chain, views[view])
    const window = windowOfPicture(views[view].camera, chain, views[view])
    const background = pictureOf(passes[0], view, timesUs.length)
    this.#controlMaps.push(
      await writeControlMap(this.#host, {
        map,
        scenario,
        view: views[view],
        camera,
        ...(window === undefined ? {} : { window }),
        timesUs,
        fps,
        controls,
        background,
        out,
      }),
    )
    await this.save(false)
  }

  async save(complete: boolean, adapter: RenderManifest['adapter'] = null): Promise<RenderManifest> {
    const { scenario, out, views, passes } = this.#request
    const order = (list: readonly string[], name: string): number => list.indexOf(name)
    const cameras = views.map(({ camera }) => camera.name)
    const controls = passes.flatMap((pass) => pass.controls)
    const outputs = [...this.#outputs].sort(
      (a, b) =>
        order(cameras, a.camera) - order(cameras, b.camera) || order(controls, a.control) - order(controls, b.control) || a.chunk - b.chunk,
    )
    const manifest: RenderManifest = {
      schema: renderManifestSchema,
      generator: { name: 'virga', version: this.#host.version },
      scenario: { id: scenario.id, format: scenario.origin.format, licence: scenario.origin.licence ?? null },
      settings: this.#settings,
      droppedFrames: this.#plan.dropped,
      adapter,
      outputs,
      controlMaps: this.#controlMaps,
      complete,
    }
    await writeRenderManifest(out, manifest)
    return manifest
  }

  /** After a failure: a run that completed nothing leaves neither a manifest nor empty folders. */
  async leaveNothingEmpty(): Promise<void> {
    const { out } = this.#request
    if (this.#outputs.length > 0 || this.#controlMaps.length > 0) return
    await removeRenderManifest(out)
    const { views, passes, pngEvery } = this.#request
    const folders = views.flatMap((_, view) =>
      passes.flatMap(({ controls }) => controls.map((control) => dirname(join(out, this.#file(view, control, this.#plan.chunks[0]))))),
    )
    const more = views.flatMap(({ camera }) => {
      const folder = join(out, safeName(camera.name))
      return [
        join(folder, 'control-map'),
        folder,
        ...(pngEvery === undefined ? [] : passes.flatMap(({ controls }) => controls.map((control) => join(folder, control)))),
      ]
    })
    await removeEmptyFolders([...more, ...folders], out)
  }

  /** Where a video goes, below the output folder. */
  #file(view: number, control: string, chunk: Chunk): string {
    const { scenario, views, layout, styles } = this.#request
    const { camera } = views[view]
    const style = styles[control]
    const place = { scenario: scenario.id, camera, control, ...(style === undefined ? {} : { style }) }
    return outputFile(layout, { ...place, chunk: this.#request.chunk === undefined ? undefined : chunk.index })
  }

  #has({ view, control }: { view: number; control: string }, chunk: Chunk): boolean {
    const { name } = this.#request.views[view].camera
    return this.#outputs.some((output) => output.camera === name && output.control === control && output.chunk === chunk.index)
  }

  #title(pass: ControlPass, views: readonly number[], chunk: Chunk): string {
    const cameras = views.length === 1 ? this.#request.views[views[0]].camera.name : `${views.length} cameras`
    const part = this.#plan.chunks.length === 1 ? '' : `, chunk ${chunk.index + 1} of ${this.#plan.chunks.length}`
    return `${pass.controls.join('+')} (${cameras})${part}`
  }

  async #open(view: number, control: string, chunk: Chunk): Promise<ChunkWriter> {
    const { scenario, views, grid, styles, encoding, out, pngEvery } = this.#request
    const { camera, width, height } = views[view]
    const style = styles[control]
    const file = this.#file(view, control, chunk)
    const comment = `Virga condition ${style ?? control} of ${scenario.id}, camera ${camera.name}, frames ${chunk.first} to ${chunk.first + chunk.frames - 1}`
    const sink = await createVideo(join(out, file), { width, height, fps: grid.fps, comment, ...encoding })
    const png =
      pngEvery === undefined ? undefined : { every: pngEvery, path: (frame: number) => join(out, pngFile(camera, control, frame)) }
    return new ChunkWriter(sink, chunk, out, { camera: camera.name, control, file, width, height }, png)
  }
}

/** The pictures of a pass's first control, for what is laid over them. */
async function* pictureOf(pass: ControlPass, view: number, count: number): AsyncGenerator<RgbImage> {
  for await (const { control, image } of pass.pictures({ first: 0, count }, [view])) if (control === pass.controls[0]) yield image
}
