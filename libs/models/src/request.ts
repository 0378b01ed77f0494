import { type ClipWeights, heldWeights, readWeights, resolveControlWeights, SIGMA_MIN, type WeightEntry } from '@virga/diffusion'
import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { expectFrames } from './frames.ts'
import type { BundleManifest } from './manifest.ts'

/** A control video with its weight. */
export interface ControlInput {
  /** At the bundle's size, at least as many as frames are asked for. */
  readonly frames: readonly RgbImage[]
  /** A number or a map over the whole video; default: the manifest's. */
  readonly weight?: WeightEntry
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
  /** The relit camera video at the bundle's size, from a drive that has one. */
  readonly baseVideo?: readonly RgbImage[]
  /** Name of one of the manifest's looks. */
  readonly look: string
  /** Default: the look's. */
  readonly prompt?: string
  /** Default: the manifest's. Used with guidance above 0. */
  readonly negativePrompt?: string
  /** 0 to 2^32 - 1; clip k uses seed + k. */
  readonly seed: number
  /** 0: the base alone. 1: one evaluation at sigmaMax. N: the solver with N steps and the final evaluation. Default: the manifest's. */
  readonly steps?: number
  /** g in x0 = cond + g (cond - uncond). Default: the manifest's. */
  readonly guidance?: number
  /** Default: the manifest's. */
  readonly sigmaMax?: number
  /** Frames per second of the output, which sets the time scale of positions. Default: the manifest's. */
  readonly fps?: number
  readonly onStep?: (step: GenerationStep) => void
  readonly signal?: AbortSignal
}

export type BaseKind = 'relight' | 'prior' | 'none'

/** A request with every default filled in, checked against the bundle. */
export interface ResolvedRequest {
  readonly frames: number
  /** In the manifest's order. */
  readonly controls: readonly { readonly name: string; readonly frames: readonly RgbImage[] }[]
  /** Parallel to controls, over the whole video. */
  readonly weights: ClipWeights
  readonly base: BaseKind
  readonly baseVideo: readonly RgbImage[] | undefined
  readonly lookIndex: number
  readonly prompt: string
  readonly negativePrompt: string
  readonly seed: number
  readonly steps: number
  readonly guidance: number
  readonly sigmaMax: number
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
  if (lookIndex === -1) throw unknownName('look', request.look, looks.map(({ name }) => name))
  for (const name of Object.keys(request.controls)) {
    if (manifest.controls[name] === undefined) throw unknownName('control', name, Object.keys(manifest.controls))
    expectFrames(request.controls[name].frames, video, frames, `control ${name}`)
  }
  if (request.baseVideo !== undefined) expectFrames(request.baseVideo, video, frames, 'the base video')

  const controls = Object.keys(manifest.controls).flatMap((name) => {
    const control = request.controls[name] as ControlInput | undefined
    return control === undefined ? [] : [{ name, frames: control.frames, weight: control.weight ?? defaults.controlWeights[name] ?? 1 }]
  })
  const weights =
    request.controlMap === undefined
      ? heldWeights(resolveControlWeights(controls.map(({ weight }) => weight), [frames, video.height, video.width]))
      : mapWeights(request.controlMap, controls.map(({ name }) => name), frames, video)
  const steps = within(request.steps ?? defaults.steps, 'steps', (n) => Number.isInteger(n) && n >= 0, 'an integer of at least 0')
  const base = baseKind(
    controls.map(({ name }, index) => ({ name, active: weights.isActive(index) })),
    request.baseVideo !== undefined,
    manifest,
  )
  if (base === 'none' && steps === 0) throw new VirgaError('VIRGA_USAGE', 'without a base there is nothing to show in 0 steps', { field: 'steps', expected: 'at least 1' })
  return {
    frames,
    controls: controls.map(({ name, frames: images }) => ({ name, frames: images })),
    weights,
    base,
    baseVideo: base === 'relight' ? request.baseVideo : undefined,
    lookIndex,
    prompt: request.prompt ?? looks[lookIndex].prompt,
    negativePrompt: request.negativePrompt ?? manifest.negativePrompt,
    seed: within(request.seed, 'seed', (n) => Number.isInteger(n) && n >= 0 && n < 2 ** 32, 'an integer of 0 to 4294967295'),
    steps,
    guidance: within(request.guidance ?? defaults.guidance, 'guidance', (n) => n >= 0, 'a number of at least 0'),
    sigmaMax: within(request.sigmaMax ?? defaults.sigmaMax, 'sigmaMax', (n) => n > SIGMA_MIN, `a number above ${SIGMA_MIN}`),
    fps: within(request.fps ?? video.fps, 'fps', (n) => n > 0, 'a number above 0'),
  }
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

/** The relit video is the base where vis or edge tie the network to it; a drive without video, or with map controls alone, starts from the prior. */
function baseKind(controls: readonly { name: string; active: boolean }[], hasVideo: boolean, manifest: BundleManifest): BaseKind {
  const tied = controls.some(({ name, active }) => active && (name === 'vis' || name === 'edge'))
  if (hasVideo && tied) return manifest.base.withVideo
  if (manifest.base.withoutVideo === 'none') return 'none'
  const needed = manifest.prior?.controls[0] ?? ''
  if (!controls.some(({ name }) => name === needed))
    throw new VirgaError('VIRGA_USAGE', `without camera video the bundle ${manifest.name} starts from the control ${needed}, which is not given`, {
      field: 'controls',
      expected: `${needed} among the controls`,
    })
  return 'prior'
}

function within(value: number, field: string, test: (value: number) => boolean, expected: string): number {
  if (!Number.isFinite(value) || !test(value)) throw new VirgaError('VIRGA_USAGE', `${field} is ${value}`, { field, expected })
  return value
}

function unknownName(kind: string, name: string, known: readonly string[]): VirgaError {
  return new VirgaError('VIRGA_UNKNOWN_NAME', `the bundle has no ${kind} ${name}`, { field: kind, expected: `one of: ${known.join(', ')}` })
}
