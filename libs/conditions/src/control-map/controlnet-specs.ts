import { z } from 'zod'
import { type Strength, strengths } from '../presets.ts'
import { documentError, documentPath, placedError } from './document-error.ts'
import { controlMapSchema, type ControlMapSpec, type Weight } from './spec.ts'

/** The controls of Cosmos-Transfer1: top-level keys of a controlnet_specs file with these names are controls. */
export const officialControls = ['vis', 'seg', 'edge', 'depth', 'keypoint', 'upscale', 'hdmap', 'lidar'] as const

/** What became of one entry of a controlnet_specs file. */
export interface SpecsEntry {
  /** Its path in the file. */
  readonly key: string
  readonly used: boolean
  readonly detail: string
}

/** A controlnet_specs file in Virga's words. */
export interface ControlnetSpecs {
  readonly weights: ControlMapSpec
  readonly prompt?: string
  readonly negativePrompt?: string
  readonly seed?: number
  readonly steps?: number
  readonly guidance?: number
  /** Where the noise begins in the official pipeline, which starts from the input video; see the entry's detail. */
  readonly sigmaMax?: number
  readonly fps?: number
  readonly inputVideo?: string
  /** Videos of controls, relative to the file. */
  readonly inputs: Readonly<Record<string, string>>
  readonly presets: { readonly vis?: Strength; readonly edge?: Strength }
  readonly entries: readonly SpecsEntry[]
}

/** Whether a parsed JSON value is a controlnet_specs file rather than a control map of Virga's own. */
export function isControlnetSpecs(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Object.hasOwn(value, 'schema')) return false
  return officialControls.some((name) => Object.hasOwn(value, name) && typeof (value as Record<string, unknown>)[name] === 'object')
}

const control = z.looseObject({
  control_weight: z.union([z.number(), z.string().max(4096)]).optional(),
  input_control: z.union([z.string().max(4096), z.array(z.string().max(4096)).max(64)]).optional(),
  input_control_prompt: z.string().optional(),
  control_weight_prompt: z.string().optional(),
  ckpt_path: z.string().optional(),
})
type Control = z.output<typeof control>

const text = z.string().max(100_000)
const strength = z.enum(strengths)
const options = {
  prompt: text,
  negative_prompt: text,
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  num_steps: z.int().min(1).max(1000),
  guidance: z.number().min(0).max(1000),
  sigma_max: z.number().min(0).max(1e6),
  fps: z.number().min(1).max(240),
  input_video_path: text,
  blur_strength: strength,
  canny_threshold: strength,
}
type OptionName = keyof typeof options

/** Options of the official command line that mean nothing here, and why. */
const ignored: Readonly<Record<string, string>> = {
  num_input_frames: 'how clips are joined belongs to the bundle',
  regional_prompts: 'prompts for parts of the picture are not supported',
  video_save_name: 'output goes where --out says',
  video_save_folder: 'output goes where --out says',
  is_av_sample: 'the model is chosen with --bundle',
  use_distilled: 'the model is chosen with --bundle',
  checkpoint_dir: 'the model is chosen with --bundle',
  upsample_prompt: 'prompts are taken as they are',
  num_gpus: 'about the machine',
  batch_size: 'about the machine',
  batch_input_path: 'one drive is made at a time',
}

/**
 * Reads a controlnet_specs file of Cosmos-Transfer1 (cosmos-transfer1, inference_utils.py, load_controlnet_specs and
 * validate_controlnet_specs): weights become a control map, options Virga's, and every entry is accounted for.
 *
 * Where the official code surprises, the plain meaning is taken and the entry says so: a numeric weight 0 beside a weight file is 0 (the
 * official code at 5005e823 reads it as 1).
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming file and entry
 */
export function parseControlnetSpecs(value: Record<string, unknown>, file: string): ControlnetSpecs {
  const entries: SpecsEntry[] = []
  const note = (key: string, used: boolean, detail: string) => entries.push({ key, used, detail })
  const controls = controlsOf(value, file)
  const chosen = readOptions(value, file, note)
  const isBesideFile = Object.values(controls).some(({ control_weight: weight }) => isFile(weight))
  const weights: Record<string, { rules: { weight: Weight; blend: 'over' }[] }> = {}
  const inputs: Record<string, string> = {}
  for (const [name, spec] of Object.entries(controls)) {
    weights[name] = { rules: [{ weight: weightOf(name, spec, isBesideFile, file, note), blend: 'over' }] }
    if (typeof spec.input_control === 'string' && spec.input_control !== '') {
      inputs[name] = spec.input_control
      note(`${name}.input_control`, true, `video of ${name}, where the command takes videos of controls`)
    } else if (Array.isArray(spec.input_control)) {
      note(`${name}.input_control`, false, 'one video per view is for multi-view models')
    }
    noteRest(name, spec, note)
  }
  const { blur_strength: blur, canny_threshold: canny, input_video_path: inputVideo, sigma_max: sigmaMax } = chosen
  return {
    weights: { schema: controlMapSchema, name: 'controlnet_specs', masks: {}, controls: weights, finally: [] },
    ...defined({ prompt: chosen.prompt, negativePrompt: chosen.negative_prompt, seed: chosen.seed, steps: chosen.num_steps }),
    ...defined({ guidance: chosen.guidance, sigmaMax, fps: chosen.fps, inputVideo }),
    inputs,
    presets: defined({ vis: blur, edge: canny }),
    entries,
  }
}

type Note = (key: string, used: boolean, detail: string) => void

function controlsOf(value: Record<string, unknown>, file: string): Record<string, Control> {
  const found: Record<string, Control> = {}
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) continue
    if (!officialControls.some((name) => name === key))
      throw placedError(`no control ${key.slice(0, 100)}`, {
        file,
        keys: [key.slice(0, 100)],
        expected: `one of: ${officialControls.join(', ')}`,
      })
    const parsed = control.safeParse(entry, { reportInput: true })
    if (!parsed.success) throw documentError(under(parsed.error, key), file, () => undefined)
    found[key] = parsed.data
  }
  return found
}

function readOptions(
  value: Record<string, unknown>,
  file: string,
  note: Note,
): Partial<{ [K in OptionName]: z.output<(typeof options)[K]> }> {
  const chosen: Record<string, unknown> = {}
  for (const [key, entry] of Object.entries(value)) {
    if (officialControls.some((name) => name === key) && typeof entry === 'object' && entry !== null) continue
    const name = key.slice(0, 100)
    if (!Object.hasOwn(options, key)) {
      note(
        name,
        false,
        Object.hasOwn(ignored, key) ? ignored[key] : key.startsWith('offload_') ? 'about the machine' : 'Virga has no such option',
      )
      continue
    }
    const parsed = options[key as OptionName].safeParse(entry, { reportInput: true })
    if (!parsed.success) throw documentError(under(parsed.error, key), file, () => undefined)
    chosen[key] = parsed.data
    note(name, used[key as OptionName].used, used[key as OptionName].detail)
  }
  return chosen
}

const used: Record<OptionName, { used: boolean; detail: string }> = {
  prompt: { used: true, detail: 'prompt' },
  negative_prompt: { used: true, detail: 'negative prompt' },
  seed: { used: true, detail: 'seed' },
  num_steps: { used: true, detail: 'solver steps' },
  guidance: { used: true, detail: 'guidance g, in x0 = cond + g (cond - uncond) in both' },
  sigma_max: { used: false, detail: "noise over the input video's own latent; bundles start from their base, at a sigma of their own" },
  fps: { used: false, detail: "the bundle's frame rate is used" },
  input_video_path: { used: false, detail: 'pictures come from the drive; a command that takes videos may use it' },
  blur_strength: { used: true, detail: 'preset of vis, where the command takes presets' },
  canny_threshold: { used: true, detail: 'preset of edge, where the command takes presets' },
}

const weightFiles = ['.pt', '.pth', '.npy', '.npz', '.safetensors']
const isFile = (weight: Control['control_weight']): boolean =>
  typeof weight === 'string' && weightFiles.some((end) => weight.toLowerCase().endsWith(end))

function weightOf(name: string, spec: Control, besideFile: boolean, file: string, note: Note): Weight {
  const weight = spec.control_weight
  const key = `${name}.control_weight`
  if (weight === undefined) {
    note(key, true, 'missing: 0.5, as the official code fills in')
    return 0.5
  }
  if (typeof weight === 'string' && isFile(weight)) {
    note(key, true, 'weights per frame and pixel')
    return { tensor: weight }
  }
  const written = typeof weight === 'string' ? weight.trim().toLowerCase() : ''
  if (typeof weight === 'string' && (written === '' || written === 'none') && besideFile) {
    note(key, true, 'empty beside a weight file: 1')
    return 1
  }
  const number = typeof weight === 'number' ? weight : written === '' ? Number.NaN : Number(written)
  if (!Number.isFinite(number) || number < 0)
    throw placedError(`control weight ${JSON.stringify(weight).slice(0, 100)} is not usable`, {
      file,
      keys: [name, 'control_weight'],
      expected: `a number of at least 0, or a file of weights that ends in ${weightFiles.join(', ')}`,
    })
  note(key, true, weight === 0 && besideFile ? '0; the official code reads a numeric 0 beside a weight file as 1' : String(number))
  return number
}

function noteRest(name: string, spec: Control, note: Note): void {
  const why: Readonly<Record<string, string>> = {
    input_control_prompt: 'seg is drawn from the drive or given as a video; no phrases are searched for',
    control_weight_prompt: 'no phrases are searched for in pictures; say it with masks in a control map',
    ckpt_path: 'the model is chosen with --bundle',
  }
  for (const key of Object.keys(spec)) {
    if (key === 'control_weight' || key === 'input_control') continue
    note(`${name}.${key.slice(0, 100)}`, false, Object.hasOwn(why, key) ? why[key] : 'Virga has no such field')
  }
}

/** The issues of a part of a document, placed in the whole of it. */
function under(error: z.ZodError, key: string): z.ZodError {
  return new z.ZodError(error.issues.map((issue) => ({ ...issue, path: [key.slice(0, 100), ...issue.path] })))
}

function defined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}

/** One line per entry, for people. */
export function specsReport({ entries }: ControlnetSpecs): string[] {
  return entries.map(({ key, used: isUsed, detail }) => `${documentPath([key])}: ${isUsed ? 'used' : 'ignored'}, ${detail}`)
}
