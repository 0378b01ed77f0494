import { z } from 'zod'
import { digestOf } from '../digest/digest.ts'
import type { BlobRef } from '../ports/blob-store.ts'
import { throwIfCancelled } from './cancel.ts'
import type { StageContext } from './stage-context.ts'

/**
 * A stage: a function of (inputs, config) to named blobs. The key is the digest of all that can change the result, so the same key
 * means the same result, whoever made it and when.
 */
export interface StageSpec<Output extends string> {
  /** The stage's name in the key; bump `version` when the code of the stage changes what comes out. */
  readonly name: string
  readonly version: number
  /** What the watcher reads, such as "generate rain/night"; not part of the key. */
  readonly title: string
  /** Digests of what goes in. */
  readonly inputs: Readonly<Record<string, string>>
  /** Everything else that can change the result; plain JSON. */
  readonly config: unknown
  readonly outputs: readonly Output[]
  /** How much work it is, for progress. */
  readonly total?: number
  readonly unit?: string
}

/** What a stage's function is given to work with. */
export interface StageTools {
  /** A name in the scratch folder that nobody else uses. */
  readonly scratch: (suffix: string) => string
  /** Tells how much is done, in the spec's unit. Throws when the run was cancelled: call it once a frame. */
  readonly advance: (done: number) => void
}

export interface StageProduct<Output extends string> {
  readonly outputs: Readonly<Record<Output, BlobRef>>
  /** What was found out on the way and belongs into the lineage (adapter, provider, counts). Nothing that differs between two runs. */
  readonly facts?: Readonly<Record<string, unknown>>
}

export interface StageResult<Output extends string> extends StageProduct<Output> {
  readonly key: string
  readonly facts: Readonly<Record<string, unknown>>
  readonly reused: boolean
}

const refSchema = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().nonnegative() })
const entrySchema = z.object({
  schema: z.literal('virga.stage/1'),
  stage: z.string(),
  key: z.string(),
  inputs: z.record(z.string(), z.string()),
  outputs: z.record(z.string(), refSchema),
  facts: z.record(z.string(), z.unknown()),
})

/** The key of a stage: SHA-256 over the canonical JSON of its name, version, inputs and config. */
export function stageKey(spec: Pick<StageSpec<string>, 'name' | 'version' | 'inputs' | 'config'>): string {
  return digestOf({ stage: spec.name, version: spec.version, inputs: spec.inputs, config: spec.config })
}

/**
 * Gives the stage's result: the stored one where there is one and each of its blobs still has its digest, else made anew.
 *
 * The entry is written after its blobs, each atomically. A run that is killed in the middle leaves blobs that no entry names, which
 * the next run makes again under the same names.
 *
 * @throws VirgaError VIRGA_CANCELLED when the run was stopped; whatever `produce` throws
 */
export async function runStage<Output extends string>(
  context: StageContext,
  spec: StageSpec<Output>,
  produce: (tools: StageTools) => Promise<StageProduct<Output>>,
): Promise<StageResult<Output>> {
  throwIfCancelled(context.signal)
  const key = stageKey(spec)
  const stored = await storedResult(context, spec, key)
  if (stored !== undefined) {
    context.progress.report({ kind: 'stage-finished', stage: spec.title, reused: true, key })
    return { ...stored, key, reused: true }
  }
  context.progress.report({ kind: 'stage-started', stage: spec.title, ...amount(spec) })
  const product = await produce({
    scratch: (suffix) => context.scratch(suffix),
    advance: (done) => {
      throwIfCancelled(context.signal)
      context.progress.report({ kind: 'stage-progress', stage: spec.title, done, ...amount(spec) })
    },
  })
  throwIfCancelled(context.signal)
  const facts = product.facts ?? {}
  await context.store.writeEntry('stages', key, {
    schema: 'virga.stage/1',
    stage: spec.name,
    key,
    inputs: spec.inputs,
    outputs: product.outputs,
    facts,
  })
  context.progress.report({ kind: 'stage-finished', stage: spec.title, reused: false, key })
  return { outputs: product.outputs, facts, key, reused: false }
}

async function storedResult<Output extends string>(
  context: StageContext,
  spec: StageSpec<Output>,
  key: string,
): Promise<{ outputs: Record<Output, BlobRef>; facts: Record<string, unknown> } | undefined> {
  const entry = await context.store.readEntry('stages', key)
  if (entry === undefined) return undefined
  const parsed = entrySchema.safeParse(entry)
  if (!parsed.success || parsed.data.key !== key) {
    context.progress.report({ kind: 'note', message: `${spec.title}: the stored entry is damaged, made anew` })
    return undefined
  }
  const outputs = {} as Record<Output, BlobRef>
  for (const name of spec.outputs) {
    const ref = parsed.data.outputs[name]
    if (ref === undefined) return undefined
    if (!(await context.store.verify(ref))) {
      context.progress.report({ kind: 'note', message: `${spec.title}: the stored ${name} is gone or damaged, made anew` })
      return undefined
    }
    outputs[name] = ref
  }
  return { outputs, facts: parsed.data.facts }
}

const amount = (spec: { total?: number; unit?: string }) => ({
  ...(spec.total === undefined ? {} : { total: spec.total }),
  ...(spec.unit === undefined ? {} : { unit: spec.unit }),
})
