import { VirgaError } from '@virga/errors'
import { z } from 'zod'

/** The quantities of one pixel that a relight can use. */
export const variables = ['r', 'g', 'b', 'row', 'near', 'col', 'up', 'across'] as const
export type Variable = (typeof variables)[number]

/**
 * What a relight works from. `rgb`: colour alone. `rgb-depth-seg`: colour, exact depth and classes. `rgb-labels`: colour, and depth and
 * classes as labels and LiDAR tell them. `labels`: those alone, which is painting.
 */
export const relightModes = ['rgb', 'rgb-depth-seg', 'rgb-labels', 'labels'] as const
export type RelightMode = (typeof relightModes)[number]

const mode = z
  .object({
    variables: z.array(z.enum(variables)).min(1),
    /** Each term is a product of variables; the empty one is the constant. */
    terms: z.array(z.array(z.enum(variables))).min(1),
    /** Names by segmentation id; one name where the mode knows no classes. */
    classes: z.array(z.string()).min(1),
  })
  .refine((value) => value.terms.flat().every((name) => value.variables.includes(name)), { error: 'terms of the named variables only' })

const relightEntry = z.looseObject({
  file: z.string().regex(/^(?!\.)[\w.-]+$/, 'a plain file name within the bundle'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits')
    .optional(),
  modes: z.object({ rgb: mode, 'rgb-depth-seg': mode.optional(), 'rgb-labels': mode.optional(), labels: mode.optional() }),
  looks: z.array(z.string()).min(1),
})
/** `relight` of a bundle's manifest. */
export type RelightEntry = z.infer<typeof relightEntry>
export type ModeEntry = z.infer<typeof mode>

const detailOptions = z.looseObject({
  /** Half width of the filter's square window, pixels of the bundle's size. */
  radius: z.int().min(1).max(200).default(8),
  /** Regularisation, squared colour units of 0..1: guide contrast well below its root is not followed. */
  eps: z.number().positive().default(1e-4),
  /** Frames whose coefficients are averaged, centred; odd. */
  frames: z
    .int()
    .min(1)
    .max(99)
    .refine((n) => n % 2 === 1, 'an odd number')
    .default(5),
})
/** `detail` of a bundle's manifest. */
export type DetailOptions = z.infer<typeof detailOptions>

/** @throws VirgaError VIRGA_BAD_BUNDLE naming the first field that does not fit */
export function parseRelightEntry(value: unknown, file: string): RelightEntry {
  return parse(relightEntry, value, file, 'relight')
}

/** Missing fields take their defaults. @throws VirgaError VIRGA_BAD_BUNDLE naming the first field that does not fit */
export function parseDetailOptions(value: unknown, file: string): DetailOptions {
  return parse(detailOptions, value ?? {}, file, 'detail')
}

function parse<T>(schema: z.ZodType<T>, value: unknown, file: string, part: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new VirgaError('VIRGA_BAD_BUNDLE', `the manifest's ${part} does not fit`, {
    file,
    field: [part, ...(issue?.path ?? [])].join('.'),
    expected: issue?.message ?? 'the schema',
  })
}
