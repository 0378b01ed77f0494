import {
  type ClipWeights,
  heldWeights,
  noiseLevels,
  readWeights,
  resolveControlWeights,
  SIGMA_MIN,
  type Solver,
  solvers,
  strengthSigma,
  type WeightEntry,
} from '@virga/diffusion'
import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { expectSize } from './frames.ts'
import type { BundleManifest } from './manifest.ts'
import { readerOf, type VideoInput, type VideoReader } from './video-reader.ts'

/** A control video with its weight. */
export interface ControlInput {
  /** At the bundle's size, at least as many as frames are asked for. */
  readonly frames: VideoInput
  /** A number or a map over the whole video; default: the manifest's. */
  readonly weight?: WeightEntry
  /** What the video was made with, where that is known: it must be what the bundle was trained on. */
  readonly style?: string
  readonly preset?: string
  readonly fps?: number
}

/** A control map over the whole video, read when a clip needs it. */
export interface ControlMapFrames {
  readonly frames: number
  readonly height: number
  readonly width: number
  /** Whether a control has weight on any pixel of any frame. */
  isActive(control: string): boolean
  /** One plane per control, [height, width] flat, not divided by their sum, for `count` frames from `first` on. */
  read(controls: readonly string[], first: number, count: number): AsyncIterable<readonly Float32Array[]>
}

/** Where generation stands. */
export interface GenerationStep {
  /** 0-based clip, and how many there are. */
  readonly clip: number
  readonly clips: number
  /** 0-based evaluation of the network within the clip, and how many there are. */
  readonly step: number
  readonly steps: number
  readonly sigma: number
}

/** What to generate. */
export interface GenerateRequest {
  /** Number of frames, at least 1; more than the manifest's clip are made in several clips. */
  readonly frames: number
  readonly controls: Readonly<Record<string, ControlInput>>
  /** At the bundle's size and at least as many frames as are asked for; in place of the controls' own weights. */
  readonly controlMap?: ControlMapFrames
  /** What is begun from, at the bundle's size: the camera video relit, or the scene painted from its labels. */
  readonly baseVideo?: VideoInput
  /** Which of the two it is; default: relight. A relit video counts where vis or edge has weight, a painted one always. */
  readonly baseKind?: 'relight' | 'paint'
  /** The first frame of the output, given, at the bundle's size. For bundles whose network takes given frames. */
  readonly firstFrame?: RgbImage
  /** Name of one of the manifest's looks. */
  readonly look: string
  /** Default: the look's. */
  readonly prompt?: string
  /** Default: the manifest's. Used with guidance above 0. */
  readonly negativePrompt?: string
  /** 0 to 2^32 - 1; clip k uses seed + k. */
  readonly seed: number
  /** 0: the base alone. 1: one evaluation at the first noise level. N: the solver with N steps. Default: the manifest's. */
  readonly steps?: number
  /** Default: the manifest's. */
  readonly solver?: Solver
  /**
   * 1 (default): sampling begins from noise alone. Less: from what the base shows (for a bundle without a base: the base video) with this much of the
   * way to noise put on it (`strengthSigma`), so that less is changed; 0 changes nothing. The steps are spread over what is left of the way.
   */
  readonly strength?: number
  /** The control branches run at every so-manieth evaluation (`ClipBinding.controlEvery`). Default: the manifest's, else 1. */
  readonly controlEvery?: number
  /** Most frames made in one go, 8 m + 1: less memory, more seams. Default: the manifest's clip. */
  readonly clipFrames?: number
  /** g in x0 = cond + g (cond - uncond). Default: the manifest's. */
  readonly guidance?: number
  /** Default: the manifest's. */
  readonly sigmaMax?: number
  /** Frames per second of the output, which sets the time scale of positions. Default: the manifest's. */
  readonly fps?: number
  readonly onStep?: (step: GenerationStep) => void
  readonly signal?: AbortSignal
}

export type BaseKind = 'relight' | 'paint' | 'prior' | 'none'

/** A request with every default filled in, checked against the bundle. */
export interface ResolvedRequest {
  readonly frames: number
  /** In the manifest's order. */
  readonly controls: readonly { readonly name: string; readonly frames: VideoReader }[]
  /** Parallel to controls, over the whole video. */
  readonly weights: ClipWeights
  readonly base: BaseKind
  /** What the base, or partial noise, begins from. */
  readonly baseVideo: VideoReader | undefined
  readonly firstFrame: RgbImage | undefined
  readonly lookIndex: number
  readonly prompt: string
  readonly negativePrompt: string
  readonly seed: number
  readonly steps: number
  readonly guidance: number
  readonly solver: Solver
  readonly strength: number
  /** Noise levels of the evaluations; none with 0 steps. */
  readonly sigmas: Float64Array
  readonly sigmaMax: number
  readonly clipFrames: number
  readonly controlEvery: number
  readonly fps: number
}

/**
 * Fills in the manifest's defaults and checks the request.
 *
 * @throws VirgaError VIRGA_USAGE, VIRGA_UNKNOWN_NAME (listing what there is) or VIRGA_BAD_INPUT naming the field
 */
export function resolveRequest(request: GenerateRequest, manifest: BundleManifest): ResolvedRequest {
  const { defaults, video, looks } = manifest
  const frames = within(request.frames, 'frames', (n) => Number.isInteger(n) && n >= 1, 'an integer of at least 1')
  const lookIndex = looks.findIndex(({ name }) => name === request.look)
  if (lookIndex === -1)
    throw unknownName(
      'look',
      request.look,
      looks.map(({ name }) => name),
    )
  for (const [name, input] of Object.entries(request.controls)) {
    if (manifest.controls[name] === undefined) throw unknownName('control', name, Object.keys(manifest.controls))
    expectTrained(name, input, manifest)
    expectVideo(input.frames, video, frames, `control ${name}`)
  }
  if (request.baseVideo !== undefined) expectVideo(request.baseVideo, video, frames, 'the base video')
  expectFirstFrame(request.firstFrame, manifest)

  const controls = Object.keys(manifest.controls).flatMap((name) => {
    const control = request.controls[name] as ControlInput | undefined
    return control === undefined
      ? []
      : [{ name, frames: readerOf(control.frames), weight: control.weight ?? defaults.controlWeights[name] ?? 1 }]
  })
  const weights =
    request.controlMap === undefined
      ? heldWeights(
          resolveControlWeights(
            controls.map(({ weight }) => weight),
            [frames, video.height, video.width],
          ),
        )
      : mapWeights(
          request.controlMap,
          controls.map(({ name }) => name),
          frames,
          video,
        )
  const strength = within(request.strength ?? 1, 'strength', (n) => n >= 0 && n <= 1, 'a number of 0 to 1')
  const asked = within(request.steps ?? defaults.steps, 'steps', (n) => Number.isInteger(n) && n >= 0, 'an integer of at least 0')
  const steps = strength === 0 ? 0 : asked
  const base = baseKind(
    controls.map(({ name }, index) => ({ name, active: weights.isActive(index) })),
    request,
    manifest,
  )
  if (base === 'none' && steps === 0)
    throw new VirgaError('VIRGA_USAGE', 'without a base there is nothing to show in 0 steps', { field: 'steps', expected: 'at least 1' })
  if (base === 'none' && strength < 1 && request.baseVideo === undefined)
    throw new VirgaError('VIRGA_USAGE', `a strength of ${strength} begins from a video, and there is none`, {
      field: 'strength',
      expected: '1, or a drive with camera video',
    })
  const solver = solverOf(request.solver ?? defaults.solver ?? '2ab')
  const sigmaMax = within(request.sigmaMax ?? defaults.sigmaMax, 'sigmaMax', (n) => n > SIGMA_MIN, `a number above ${SIGMA_MIN}`)
  const begunFrom = base === 'relight' || base === 'paint' || (base === 'none' && strength < 1)
  return {
    frames,
    controls: controls.map(({ name, frames: reader }) => ({ name, frames: reader })),
    weights,
    base,
    baseVideo: begunFrom && request.baseVideo !== undefined ? readerOf(request.baseVideo) : undefined,
    firstFrame: request.firstFrame,
    lookIndex,
    prompt: request.prompt ?? looks[lookIndex].prompt,
    negativePrompt: request.negativePrompt ?? manifest.negativePrompt,
    seed: within(request.seed, 'seed', (n) => Number.isInteger(n) && n >= 0 && n < 2 ** 32, 'an integer of 0 to 4294967295'),
    steps,
    guidance: within(request.guidance ?? defaults.guidance, 'guidance', (n) => n >= 0, 'a number of at least 0'),
    solver,
    strength,
    sigmas: levelsOf({ steps, sigmaMax, solver, strength }, defaults),
    sigmaMax: steps === 0 || strength === 1 ? sigmaMax : strengthSigma(strength, sigmaMax),
    clipFrames: clipFramesOf(request, manifest),
    controlEvery: within(
      request.controlEvery ?? defaults.controlEvery ?? 1,
      'control-every',
      (n) => Number.isInteger(n) && n >= 1,
      'an integer of at least 1',
    ),
    fps: within(request.fps ?? video.fps, 'fps', (n) => n > 0, 'a number above 0'),
  }
}

/** The noise levels that the bundle names for its defaults, else those of the schedule. */
function levelsOf(
  asked: { steps: number; sigmaMax: number; solver: Solver; strength: number },
  defaults: BundleManifest['defaults'],
): Float64Array {
  const { steps, sigmaMax, solver, strength } = asked
  if (steps === 0) return new Float64Array()
  const usual = steps === defaults.steps && sigmaMax === defaults.sigmaMax && solver === (defaults.solver ?? '2ab') && strength === 1
  return usual && defaults.sigmas !== undefined ? Float64Array.from(defaults.sigmas) : noiseLevels(asked)
}

function solverOf(name: string): Solver {
  const solver = solvers.find((known) => known === name)
  if (solver === undefined)
    throw new VirgaError('VIRGA_USAGE', `no solver ${name}`, { field: 'solver', expected: `one of: ${solvers.join(', ')}` })
  return solver
}

/** @throws VirgaError VIRGA_BAD_INPUT when a video says that it was made otherwise than those that the bundle was trained on */
function expectTrained(name: string, { style, preset, fps }: ControlInput, { controls, video }: BundleManifest): void {
  const trained = controls[name]
  const refuse = (field: string, given: string, expected: string, option: string): never => {
    throw new VirgaError('VIRGA_BAD_INPUT', `control ${name} was made with ${field} ${given}`, {
      field: `${name}.${field}`,
      expected: `${expected}, as the bundle was trained on (made by: virga render --controls ${name} ${option})`,
    })
  }
  if (style !== undefined && trained.style !== undefined && style !== trained.style)
    refuse('style', style, trained.style, `--style ${trained.style}`)
  if (preset !== undefined && trained.preset !== undefined && preset !== trained.preset)
    refuse('preset', preset, trained.preset, `--${name}-preset ${trained.preset}`)
  if (fps !== undefined && Math.abs(fps / video.fps - 1) > 1e-3) refuse('fps', String(fps), String(video.fps), `--fps ${video.fps}`)
}

/** @throws VirgaError VIRGA_BAD_INPUT when there are too few frames, or one that is at hand has another size */
function expectVideo(input: VideoInput, size: { width: number; height: number }, atLeast: number, what: string): void {
  const count = 'read' in input ? input.count : input.length
  if (count < atLeast)
    throw new VirgaError('VIRGA_BAD_INPUT', `${what} has ${count} frames`, { field: 'frames', expected: `at least ${atLeast}` })
  if (!('read' in input)) input.forEach((frame, index) => expectSize(frame, size, index, what))
}

/** @throws VirgaError VIRGA_USAGE when that is no length that the bundle makes in one go */
export function clipFramesOf({ clipFrames }: Pick<GenerateRequest, 'clipFrames'>, { video }: BundleManifest): number {
  const fits = (n: number): boolean => Number.isInteger(n) && n % 8 === 1 && n >= Math.min(9, video.frames) && n <= video.frames
  return within(clipFrames ?? video.frames, 'clip-frames', fits, `a multiple of 8 plus 1, from 9 to ${video.frames}`)
}

/** @throws VirgaError VIRGA_USAGE for a network that takes no given frames, VIRGA_BAD_INPUT for another size than the bundle's */
export function expectFirstFrame(frame: RgbImage | undefined, { name, network, video }: BundleManifest): void {
  if (frame === undefined) return
  if (!network.conditionMask)
    throw new VirgaError('VIRGA_USAGE', `the network of bundle ${name} takes no given frames`, {
      field: 'first-frame',
      expected: 'a bundle with network.conditionMask',
    })
  expectSize(frame, video, 0, 'the first frame')
}

function mapWeights(map: ControlMapFrames, names: readonly string[], frames: number, video: BundleManifest['video']): ClipWeights {
  const { height, width } = map
  if (height !== video.height || width !== video.width || map.frames < frames)
    throw new VirgaError('VIRGA_BAD_INPUT', `a control map of ${map.frames} frames of ${width}x${height}`, {
      field: 'controlMap',
      expected: `at least ${frames} frames of ${video.width}x${video.height}`,
    })
  return readWeights({
    extents: [frames, height, width],
    isActive: (index) => map.isActive(names[index]),
    read: (first, count) => map.read(names, first, count),
  })
}

/**
 * The relit video is the base where vis or edge tie the network to it, a painted one wherever there is one; otherwise the prior is, where the bundle
 * has one.
 */
function baseKind(
  controls: readonly { name: string; active: boolean }[],
  { baseVideo, baseKind: given = 'relight' }: GenerateRequest,
  manifest: BundleManifest,
): BaseKind {
  const { withVideo, withoutVideo } = manifest.base
  const tied = controls.some(({ name, active }) => active && (name === 'vis' || name === 'edge'))
  if (baseVideo !== undefined && given === 'relight' && tied) return withVideo
  if (baseVideo !== undefined && given === 'paint' && withoutVideo === 'paint') return 'paint'
  if (withoutVideo === 'none') return 'none'
  if (manifest.prior === undefined)
    throw new VirgaError('VIRGA_USAGE', `the bundle ${manifest.name} begins from a video that is painted or relit, and there is none`, {
      field: 'baseVideo',
    })
  const [needed] = manifest.prior.controls
  if (manifest.graphs.prior !== undefined && !controls.some(({ name }) => name === needed))
    throw new VirgaError(
      'VIRGA_USAGE',
      `without camera video the bundle ${manifest.name} starts from the control ${needed}, which is not given`,
      {
        field: 'controls',
        expected: `${needed} among the controls`,
      },
    )
  return 'prior'
}

function within(value: number, field: string, test: (value: number) => boolean, expected: string): number {
  if (!Number.isFinite(value) || !test(value)) throw new VirgaError('VIRGA_USAGE', `${field} is ${value}`, { field, expected })
  return value
}

function unknownName(kind: string, name: string, known: readonly string[]): VirgaError {
  return new VirgaError('VIRGA_UNKNOWN_NAME', `the bundle has no ${kind} ${name}`, { field: kind, expected: `one of: ${known.join(', ')}` })
}
