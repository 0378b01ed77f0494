import { type BlobRef, type BlobStore, canonicalJson } from '@virga/augmentation'
import { VirgaError } from '@virga/errors'
import { lightings, weathers } from '@virga/simulation'
import { z } from 'zod'

const blobRef = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().nonnegative() })

const scenarioSource = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('simulation'),
    seed: z.int().nonnegative(),
    size: z.object({ width: z.int().positive(), height: z.int().positive() }).optional(),
  }),
  z.object({ kind: z.literal('files'), manifest: blobRef }),
  z.object({ kind: z.literal('folder'), path: z.string().min(1) }),
])

const plannedVariant = z.object({
  /** Names it within the augmentation, and its folder. */
  id: z.string().min(1),
  look: z.object({ weather: z.enum(weathers), lighting: z.enum(lightings) }),
  seed: z.int().nonnegative(),
  prompt: z.string().optional(),
  negativePrompt: z.string().optional(),
})

/** What an augmentation asks for with every name looked up: scenario, presets, defaults. Input of the inspection. */
const inspection = z.object({
  schema: z.literal('virga.inspect/1'),
  scenario: scenarioSource,
  bundle: z.string().min(1),
  cameras: z.array(z.string()).min(1),
  variants: z.array(plannedVariant).min(1),
  generation: z.object({
    frames: z.int().positive().optional(),
    startSeconds: z.number().nonnegative().optional(),
    steps: z.int().nonnegative().optional(),
    guidance: z.number().nonnegative().optional(),
    /** Name of a control map that comes with Virga, or the text of one. */
    controlMap: z.string().optional(),
  }),
})

/** What the inspection found: all further tasks of the augmentation read it, so that they agree. */
const plan = inspection.extend({
  schema: z.literal('virga.plan/1'),
  /** The exact bundle. */
  bundle: z.object({ name: z.string(), version: z.string(), digest: z.string() }),
  drive: z.object({ id: z.string(), format: z.string(), licence: z.string().nullable(), digest: z.string() }),
  /** How many are made, and per second. */
  frames: z.int().positive(),
  fps: z.number().positive(),
})

const taskInput = z.object({
  schema: z.literal('virga.task-input/1'),
  plan: blobRef,
  camera: z.string().optional(),
  variant: z.string().optional(),
})

export type PlannedVariant = z.infer<typeof plannedVariant>
export type Inspection = z.infer<typeof inspection>
export type Plan = z.infer<typeof plan>
export type TaskInput = z.infer<typeof taskInput>

/** @throws VirgaError VIRGA_BAD_INPUT, VIRGA_FUTURE_VERSION for the input of a newer release */
export const parseInspection = (value: unknown): Inspection => parsed(inspection, value, 'task input')

/** @throws VirgaError VIRGA_BAD_INPUT, VIRGA_FUTURE_VERSION for the input of a newer release */
export const parseTaskInput = (value: unknown): TaskInput => parsed(taskInput, value, 'task input')

/** Keeps a plan in the store: the same plan is the same blob. */
export const putPlan = (store: BlobStore, value: Plan): Promise<BlobRef> => store.put(new TextEncoder().encode(canonicalJson(value)))

/** @throws VirgaError VIRGA_BAD_INPUT, VIRGA_FUTURE_VERSION, VIRGA_DIGEST_MISMATCH for a plan that is gone, of a newer release, damaged */
export async function readPlan(store: BlobStore, ref: BlobRef): Promise<Plan> {
  return parsed(plan, await readJson(store, ref), `plan ${ref.sha256}`)
}

/** The JSON in a blob. */
export async function readJson(store: BlobStore, ref: BlobRef): Promise<unknown> {
  const parts: Uint8Array[] = []
  for await (const part of store.get(ref)) parts.push(part)
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown
  } catch (cause) {
    throw new VirgaError('VIRGA_BAD_INPUT', 'no JSON', { file: `blob ${ref.sha256}` }, { cause })
  }
}

function parsed<Schema extends z.ZodObject<{ schema: z.ZodLiteral<string> }>>(
  schema: Schema,
  value: unknown,
  file: string,
): z.infer<Schema> {
  const known = schema.shape.schema.value
  const stated = typeof value === 'object' && value !== null && 'schema' in value ? String(value.schema) : 'none'
  const [name, version] = known.split('/')
  if (stated !== known && stated.startsWith(`${name}/`) && Number(stated.slice(name.length + 1)) > Number(version))
    throw new VirgaError('VIRGA_FUTURE_VERSION', `schema ${stated}`, { file, field: 'schema', expected: known })
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues.at(0)
  throw new VirgaError('VIRGA_BAD_INPUT', `no ${known}`, {
    file,
    field: issue?.path.join('.') ?? '',
    expected: issue?.message ?? known,
  })
}
