import { VirgaError } from '@virga/errors'
import { solvers } from '@virga/diffusion'
import { z } from 'zod'

/** The manifest schema that this version reads. */
export const BUNDLE_SCHEMA = 'virga.bundle/1'

const count = z.int().positive()

/** A file of the bundle: its name within the bundle's folder, sha256 (hex) and size. */
const file = z.object({
  file: z.string().regex(/^(?!\.)[\w.-]+$/, 'a plain file name within the bundle'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits'),
  bytes: z.int().nonnegative(),
})

/** How far a graph lies from the network that it was made of. */
const check = z.object({ against: z.string(), difference: z.number().nonnegative(), tolerance: z.number().positive() })

/** A graph; weights that do not fit into its file lie beside it in `data`. */
const graph = file.extend({ data: file.optional(), check: check.optional(), precision: z.string().optional() })

const look = z.object({ name: z.string(), weather: z.string(), lighting: z.string(), surface: z.string(), prompt: z.string() })

const manifest = z
  .object({
    schema: z.literal(BUNDLE_SCHEMA),
    name: z.string().min(1),
    version: z.string().min(1),
    licence: z.string().min(1),
    /** The clip: pixels, frames per second, and the largest number of frames (8 m + 1) made in one go. */
    video: z.object({
      width: count.multipleOf(16),
      height: count.multipleOf(16),
      fps: z.number().positive(),
      frames: count.refine((n) => n % 8 === 1, 'a multiple of 8 plus 1'),
    }),
    /** y = (z - base) * scale per channel. */
    latent: z.object({ channels: count, temporal: z.literal(8), spatial: z.literal(8), scale: z.array(z.number().positive()) }),
    network: z.object({
      patch: z.tuple([z.literal(1), z.literal(2), z.literal(2)]),
      dim: count,
      heads: count,
      headDim: count,
      controlBlocks: count,
      sigmaData: z.number().positive(),
      /** An input channel that marks given latent frames. */
      conditionMask: z.boolean(),
      /** Input channels that show the latent that is begun from, times sigmaData; they come last. */
      startChannels: z.boolean().optional(),
      textTokens: count,
      textDim: count,
      mergeRescale: z.boolean(),
    }),
    controls: z.record(z.string().regex(/^\w+$/), z.object({ style: z.string().optional(), preset: z.string().optional() })),
    base: z.object({ withVideo: z.enum(['relight', 'none']), withoutVideo: z.enum(['paint', 'prior', 'none']) }),
    relight: z.looseObject(file.shape).optional(),
    detail: z.looseObject({}).optional(),
    /** One graph `prior` that reads one control; or `prior_<control>` of each of these, and `prior_position` for where none has weight. */
    prior: z.object({ controls: z.array(z.string()).min(1) }).optional(),
    looks: z.array(look).min(1),
    negativePrompt: z.string(),
    defaults: z.object({
      steps: z.int().nonnegative(),
      guidance: z.number().nonnegative(),
      sigmaMax: z.number().positive(),
      controlWeights: z.record(z.string(), z.number().nonnegative()),
      /** Default: 2ab. */
      solver: z.enum(solvers).optional(),
      /** The noise levels of the default steps, where they are not those of the schedule. */
      sigmas: z.array(z.number().positive()).min(1).optional(),
      /** The control branches run at every so-manieth evaluation. Default: 1. */
      controlEvery: count.optional(),
      /** Frames that chained clips share: as many given ones the network was trained for. Default: 1 with a mask, 9 that are faded without. */
      overlap: count.refine((n) => n % 8 === 1, 'a multiple of 8 plus 1').optional(),
    }),
    graphs: z.record(z.string(), graph),
    vocabulary: file.optional(),
    /** Type of the network's weights, where that is not the same for every bundle of the name. */
    precision: z.string().optional(),
    licenceText: file.optional(),
    training: z.looseObject({}).optional(),
  })
  .superRefine((value, context) => {
    const complain = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message })
    if (value.latent.scale.length !== value.latent.channels) complain(['latent', 'scale'], `${value.latent.channels} numbers`)
    for (const name of requiredGraphs(value))
      if (value.graphs[name] === undefined) complain(['graphs', name], 'a graph that the bundle needs')
    for (const name of Object.keys(value.defaults.controlWeights))
      if (value.controls[name] === undefined) complain(['defaults', 'controlWeights', name], 'a control of the bundle')
    const hinted = value.prior?.controls ?? []
    if ((value.base.withoutVideo === 'prior' && hinted.length === 0) || hinted.some((name) => value.controls[name] === undefined))
      complain(['prior', 'controls'], 'the controls that the prior reads')
    const lit = [value.base.withVideo === 'relight', value.base.withoutVideo === 'paint']
    if (lit.includes(true) && value.relight === undefined) complain(['relight'], 'the relight that the base reads')
    const { sigmas, steps, solver } = value.defaults
    const levels = solver === 'euler' || steps === 1 ? steps : steps + 1
    if (sigmas !== undefined && (sigmas.length !== levels || sigmas.some((sigma, i) => i > 0 && sigma >= sigmas[i - 1])))
      complain(['defaults', 'sigmas'], `${levels} falling numbers`)
    if ((value.defaults.overlap ?? 1) >= value.video.frames) complain(['defaults', 'overlap'], 'fewer frames than a clip has')
  })

/** What a bundle's `manifest.json` says. */
export type BundleManifest = z.infer<typeof manifest>
export type BundleFile = z.infer<typeof file>
export type BundleGraph = z.infer<typeof graph>

function requiredGraphs(value: Pick<BundleManifest, 'controls' | 'graphs' | 'prior'>): string[] {
  const perControl = Object.keys(value.controls).flatMap((name) => [`hint_${name}`, `control_${name}`])
  return ['text_encoder', 'tokenizer_encoder', 'tokenizer_decoder', 'base', ...perControl, ...priorGraphs(value)]
}

/** The graphs that make the prior: one, or one of each control that it reads and one for where none has weight. */
export function priorGraphs({ prior, graphs }: Pick<BundleManifest, 'graphs' | 'prior'>): string[] {
  if (prior === undefined) return []
  if (graphs.prior !== undefined) return ['prior']
  return [...prior.controls.map((name) => `prior_${name}`), 'prior_position']
}

/**
 * Reads the text of a manifest.
 *
 * @param path its path, for error messages
 * @throws VirgaError VIRGA_BAD_BUNDLE when it is no JSON, was written for a newer Virga, or breaks the schema (the first broken field is named)
 */
export function parseManifest(text: string, path: string): BundleManifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new VirgaError('VIRGA_BAD_BUNDLE', 'the manifest is no JSON', { file: path }, { cause })
  }
  refuseOtherSchemas(value, path)
  const result = manifest.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new VirgaError('VIRGA_BAD_BUNDLE', 'the manifest does not fit the schema', {
    file: path,
    field: issue?.path.join('.') ?? '',
    expected: issue?.message ?? BUNDLE_SCHEMA,
  })
}

function refuseOtherSchemas(value: unknown, path: string): void {
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined
  if (schema === BUNDLE_SCHEMA) return
  const version = typeof schema === 'string' ? /^virga\.bundle\/(\d+)$/.exec(schema)?.[1] : undefined
  const newer = version !== undefined && Number(version) > Number(BUNDLE_SCHEMA.split('/')[1])
  const message = newer
    ? `the bundle was made for a newer Virga (schema ${String(schema)}): update Virga`
    : 'the manifest names no bundle schema'
  throw new VirgaError('VIRGA_BAD_BUNDLE', message, { file: path, field: 'schema', expected: BUNDLE_SCHEMA })
}
