import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import type { LoadedControlMap } from '@virga/conditions'
import { type RenderDevice, rendererVersion } from '@virga/rendering'
import type { RgbImage, Scenario } from '@virga/scenario'
import { createVideo, type Preset, type VideoSink, writePng } from '@virga/video'
import { digestOf } from '../digest/digest.ts'
import type { Progress } from '../ports/progress.ts'
import type { FrameGrid } from '../request/frame-grid.ts'
import { throwIfCancelled } from '../stage/cancel.ts'
import { type Chunk, type ChunkPlan, planChunks, type TailPolicy } from './chunk-plan.ts'
import { type ControlMapFiles, writeControlMap } from './control-map-files.ts'
import type { ControlPass, RenderView } from './control-pass.ts'
import { cameraOfPicture, chainOf, type Fit, windowOfPicture } from './fit.ts'
import { type Layout, outputFile, pngFile } from './layout.ts'
import {
  differingSettings,
  isIntact,
  readRenderManifest,
  removeRenderManifest,
  type RenderedOutput,
  type RenderManifest,
  renderManifestSchema,
  type RenderSettings,
  sha256Of,
  writeRenderManifest,
} from './run-manifest.ts'
import { sourceStamp } from './source-stamp.ts'

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
  await run.save(false)
  // First, since a map that does not fit the drive says so at its first frame.
  for (const view of request.views.keys()) await run.makeControlMap(view)
  for (const chunk of plan.chunks) for (const pass of request.passes) await run.make(pass, chunk)
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
    const sinks = new Map<string, Writer>()
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

  #has({ view, control }: { view: number; control: string }, chunk: Chunk): boolean {
    const { name } = this.#request.views[view].camera
    return this.#outputs.some((output) => output.camera === name && output.control === control && output.chunk === chunk.index)
  }

  #title(pass: ControlPass, views: readonly number[], chunk: Chunk): string {
    const cameras = views.length === 1 ? this.#request.views[views[0]].camera.name : `${views.length} cameras`
    const part = this.#plan.chunks.length === 1 ? '' : `, chunk ${chunk.index + 1} of ${this.#plan.chunks.length}`
    return `${pass.controls.join('+')} (${cameras})${part}`
  }

  async #open(view: number, control: string, chunk: Chunk): Promise<Writer> {
    const { scenario, views, grid, layout, styles, encoding, out, pngEvery } = this.#request
    const { camera, width, height } = views[view]
    const style = styles[control]
    const place = { scenario: scenario.id, camera, control, ...(style === undefined ? {} : { style }) }
    const file = outputFile(layout, { ...place, chunk: this.#request.chunk === undefined ? undefined : chunk.index })
    const comment = `Virga condition ${style ?? control} of ${scenario.id}, camera ${camera.name}, frames ${chunk.first} to ${chunk.first + chunk.frames - 1}`
    const sink = await createVideo(join(out, file), { width, height, fps: grid.fps, comment, ...encoding })
    const png =
      pngEvery === undefined ? undefined : { every: pngEvery, path: (frame: number) => join(out, pngFile(camera, control, frame)) }
    return new Writer(sink, chunk, out, { camera: camera.name, control, file, width, height }, png)
  }
}

async function* pictureOf(pass: ControlPass, view: number, count: number): AsyncGenerator<RgbImage> {
  for await (const { control, image } of pass.pictures({ first: 0, count }, [view])) if (control === pass.controls[0]) yield image
}

type OutputFacts = Pick<RenderedOutput, 'camera' | 'control' | 'file' | 'width' | 'height'>

interface PngRule {
  readonly every: number
  path(frame: number): string
}

/** One video of one chunk on its way. */
class Writer {
  readonly #sink: VideoSink
  readonly #chunk: Chunk
  readonly #out: string
  readonly #facts: OutputFacts
  readonly #png: PngRule | undefined
  #frames = 0
  #last: RgbImage | undefined

  constructor(sink: VideoSink, chunk: Chunk, out: string, facts: OutputFacts, png: PngRule | undefined) {
    this.#sink = sink
    this.#chunk = chunk
    this.#out = out
    this.#facts = facts
    this.#png = png
  }

  async write(image: RgbImage): Promise<'png' | undefined> {
    await this.#sink.write(image)
    this.#last = image
    const frame = this.#chunk.first + this.#frames++
    if (this.#png === undefined || frame % this.#png.every !== 0) return undefined
    await writePng(this.#png.path(frame), image)
    return 'png'
  }

  async finish(): Promise<RenderedOutput> {
    const { first, frames, padded, index } = this.#chunk
    if (this.#frames !== frames || this.#last === undefined) {
      throw new VirgaError('VIRGA_INTERNAL', `${this.#frames} of ${frames} pictures of ${this.#facts.control}`, { file: this.#facts.file })
    }
    for (let i = 0; i < padded; i++) await this.#sink.write(this.#last)
    await this.#sink.finish()
    const path = join(this.#out, this.#facts.file)
    const { size } = await stat(path)
    const range = { chunk: index, firstFrame: first, frames, paddedFrames: padded }
    return { ...this.#facts, ...range, bytes: size, sha256: await sha256Of(path) }
  }

  abort(): Promise<void> {
    return this.#sink.abort()
  }
}

async function settingsOf(request: RenderRunRequest): Promise<RenderSettings> {
  const { scenario, views, passes, styles, grid, chunk, tail, layout, encoding, fit } = request
  return {
    source: await sourceStamp(scenario),
    renderer: rendererVersion,
    controls: passes.flatMap((pass) => pass.controls),
    cameras: views.map(({ camera, width, height }) => ({ name: camera.name, model: camera.model.kind, width, height })),
    styles: { ...styles },
    fit,
    fps: grid.fps,
    startUs: grid.timesUs[0],
    frames: grid.timesUs.length,
    chunk: chunk ?? null,
    tail,
    layout,
    encoding: { codec: 'libx264', ...encoding, colour: 'BT.601 limited' },
    controlMap: request.controlMap === undefined ? null : digestOf(request.controlMap.spec),
    made: Object.assign({}, ...passes.map(({ made }) => made)) as Record<string, string>,
  }
}

interface EarlierRun {
  readonly outputs: readonly RenderedOutput[]
  readonly controlMaps: readonly ControlMapFiles[]
  readonly adapter: RenderManifest['adapter']
}

/** What an earlier run left complete; an earlier manifest goes when the run starts afresh. */
async function earlierRun({ out, resume }: RenderRunRequest, settings: RenderSettings): Promise<EarlierRun> {
  if (!resume) await removeRenderManifest(out)
  const before = resume ? await readRenderManifest(out) : undefined
  if (before === undefined) return { outputs: [], controlMaps: [], adapter: null }
  const differences = differingSettings(before.settings, settings)
  if (differences.length > 0) {
    throw new VirgaError('VIRGA_USAGE', `the run in ${out} had other settings: ${differences.join('; ')}`, {
      field: 'resume',
      expected: 'the same settings, or the same command without --resume to begin again',
    })
  }
  const outputs: RenderedOutput[] = []
  for (const output of before.outputs) if (await isIntact(out, output)) outputs.push(output)
  const controlMaps: ControlMapFiles[] = []
  for (const map of before.controlMaps) {
    const intact = await Promise.all(Object.values(map.weights).map((file) => isIntact(out, file)))
    if (intact.every(Boolean)) controlMaps.push(map)
  }
  return { outputs, controlMaps, adapter: before.adapter }
}
