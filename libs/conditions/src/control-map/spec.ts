import { type ObjectClass, segClasses, type SegClass } from '@virga/scenario'
import { z } from 'zod'

/** The version of the language that this page defines. */
export const controlMapSchema = 'virga.control-map/1'

/** How a value moves between two keys: held, straight, or 3t^2 - 2t^3. */
export type Ease = 'step' | 'linear' | 'smooth'

export interface ScheduleKey {
  readonly frame?: number
  readonly seconds?: number
  readonly weight: number
}

/** A weight that changes over time; before the first key and after the last it stays as there. */
export interface Schedule {
  readonly ease: Ease
  readonly keys: readonly ScheduleKey[]
}

/** A number for every pixel and frame, a schedule, or a file of numbers [T, H, W] or [H, W]. */
export type Weight = number | Schedule | { readonly tensor: string }

/** How a picture of another size is brought to the map's: each axis stretched by its own ratio. */
export type Fit = 'linear' | 'nearest' | 'area'

export interface ImageSource {
  /** Path of a PNG, JPEG, ... or a pattern with one %d (or %04d): frame 0, 1, 2, ... */
  readonly file: string
  readonly fit: Fit
  /** Where given, brightness of at least this much (0..1) counts as 1 and less as 0. */
  readonly threshold?: number
}

export interface VideoMaskSource extends ImageSource {
  /** 'exact': frame i for frame i; 'stretch': resampled to the length of the map; 'hold': the last frame is repeated. */
  readonly length: 'exact' | 'stretch' | 'hold'
}

/** Segmentation pictures, the file that names their colours, and words that a wanted label contains. */
export interface LabelledSource {
  readonly image: string
  readonly labels: string
  readonly contains: readonly string[]
}

/** Metres along the camera's axis; where nothing was hit the distance is infinite. */
export interface DistanceBand {
  readonly from: number
  readonly to: number
  /** Metres outside the band over which the mask falls off. */
  readonly soft: number
}

/** Exactly one of the sources, then grow and feather. A string is the name of a mask of the document. */
export type Mask = string | MaskObject
export interface MaskObject {
  readonly class?: readonly SegClass[]
  readonly object?: readonly ObjectClass[]
  readonly track?: readonly string[]
  readonly distance?: DistanceBand
  readonly ownVehicle?: true
  readonly image?: ImageSource
  readonly video?: VideoMaskSource
  readonly labelled?: LabelledSource
  readonly any?: readonly Mask[]
  readonly all?: readonly Mask[]
  readonly not?: Mask
  /** Pixels by which the shape (values of at least 1/2) grows; below 0 it shrinks. */
  readonly grow?: number
  /** Pixels over which it falls off outside. */
  readonly feather?: number
}

/** What a rule does with the weight v below it, the mask m and its own weight w; see `blendRule`. */
export type Blend = 'over' | 'sum' | 'max' | 'min' | 'product'

export interface Rule {
  readonly weight: Weight
  /** Default: everywhere. */
  readonly mask?: Mask
  readonly blend: Blend
}

/** A control map as a document says it, defaults filled in: plain JSON. */
export interface ControlMapSpec {
  readonly schema: typeof controlMapSchema
  readonly name?: string
  readonly description?: string
  /** The frame width that grow and feather are written for; they are scaled to the actual one. */
  readonly forWidth?: number
  readonly masks: Readonly<Record<string, Mask>>
  /** By control: rules from the bottom to the top. */
  readonly controls: Readonly<Record<string, { readonly rules: readonly Rule[] }>>
  /** Rules on top of every control's own. */
  readonly finally: readonly Rule[]
}

const objectClasses = [
  'car',
  'van',
  'truck',
  'bus',
  'trailer',
  'train',
  'motorcycle',
  'bicycle',
  'rider',
  'pedestrian',
  'stroller',
  'animal',
  'cone',
  'bollard',
  'sign',
  'other',
] as const satisfies readonly ObjectClass[]

/** The keys of a mask that say where it comes from. */
export const maskSources = [
  'class',
  'object',
  'track',
  'distance',
  'ownVehicle',
  'image',
  'video',
  'labelled',
  'any',
  'all',
  'not',
] as const

const path = z.string().min(1).max(4096)
const several = <T extends z.ZodType<string>>(one: T) =>
  z.union([one.transform((value) => [value]), z.array(one).min(1).max(4096)]) as unknown as z.ZodType<z.output<T>[]>
const amount = z.number().min(0).max(1e6)
const pixels = z.number().min(-4096).max(4096)

const key = z
  .strictObject({ frame: z.int().min(0).optional(), seconds: amount.optional(), weight: amount })
  .refine(({ frame, seconds }) => (frame === undefined) !== (seconds === undefined), { error: 'expected either frame or seconds' })
const schedule = z
  .strictObject({ ease: z.enum(['step', 'linear', 'smooth']).default('linear'), keys: z.array(key).min(1).max(100_000) })
  .superRefine(({ keys }, context) => {
    for (let i = 1; i < keys.length; i++) {
      const [a, b] = [keys[i - 1], keys[i]]
      if ((a.frame === undefined) !== (b.frame === undefined))
        context.addIssue({ code: 'custom', path: ['keys', i], message: 'expected all keys in frames or all in seconds' })
      else if ((b.frame ?? b.seconds ?? 0) <= (a.frame ?? a.seconds ?? 0))
        context.addIssue({ code: 'custom', path: ['keys', i], message: 'expected keys in order of time' })
    }
  })
const weight = z.union([amount, schedule, z.strictObject({ tensor: path })])

const fit = z.enum(['linear', 'nearest', 'area']).default('linear')
const threshold = z.number().min(0).max(1).optional()
const image = z.union([path.transform((file) => ({ file, fit: 'linear' as const })), z.strictObject({ file: path, fit, threshold })])
const video = z.union([
  path.transform((file) => ({ file, fit: 'linear' as const, length: 'exact' as const })),
  z.strictObject({ file: path, fit, threshold, length: z.enum(['exact', 'stretch', 'hold']).default('exact') }),
])
const labelled = z.strictObject({ image: path, labels: path, contains: z.array(z.string().min(1)).min(1).max(4096) })
const distance = z
  .strictObject({ from: amount.default(0), to: amount.default(Number.MAX_VALUE), soft: amount.default(0) })
  .refine(({ from, to }) => from <= to, { error: 'expected from to be at most to' })

const mask: z.ZodType<Mask> = z.lazy(() =>
  z.union([
    z.string().min(1).max(200),
    z
      .strictObject({
        class: several(z.enum(segClasses)).optional(),
        object: several(z.enum(objectClasses)).optional(),
        track: several(z.string().min(1).max(500)).optional(),
        distance: distance.optional(),
        ownVehicle: z.literal(true).optional(),
        image: image.optional(),
        video: video.optional(),
        labelled: labelled.optional(),
        any: z.array(mask).min(1).max(100).optional(),
        all: z.array(mask).min(1).max(100).optional(),
        not: mask.optional(),
        grow: pixels.optional(),
        feather: pixels.min(0).optional(),
      })
      .refine((value) => maskSources.filter((source) => value[source] !== undefined).length === 1, {
        error: `expected exactly one of ${maskSources.join(', ')}`,
      }),
  ]),
)

const rule = z.strictObject({ weight, mask: mask.optional(), blend: z.enum(['over', 'sum', 'max', 'min', 'product']).default('over') })
const rules = z.array(rule).max(200)
const control = z.union([
  weight.transform((value) => ({ rules: [{ weight: value, blend: 'over' as const }] })),
  z.strictObject({ rules: rules.min(1) }),
])
const name = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'expected a name of letters, digits, - and _')

/** A document before `extends` is resolved. */
export const controlMapDocument = z.strictObject({
  schema: z.literal(controlMapSchema),
  name: z.string().max(200).optional(),
  description: z.string().max(10_000).optional(),
  /** Name of a shipped map or path of another document that this one changes: masks and controls of the same name are replaced. */
  extends: path.optional(),
  forWidth: z.number().min(16).max(65_536).optional(),
  masks: z.record(name, mask).default({}),
  controls: z.record(name, control).default({}),
  finally: rules.default([]),
})

export type ControlMapDocument = z.output<typeof controlMapDocument>
