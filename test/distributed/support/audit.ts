import type { BlobRef } from '@virga/augmentation'
import type { Augmentation, AugmentationCatalog, Page, TaskDetails } from '@virga/catalog'
import type { Backends } from '@virga/platform'
import { expectedOf } from './expected.ts'
import { digestOf, entryKey, ledgerKind, readAll } from './small-work.ts'

export interface AuditRequest {
  readonly tenant: string
  readonly augmentation: string
  readonly cameras: readonly string[]
  readonly variants: readonly string[]
}

/** What an augmentation came to, held against what it has to come to. */
export interface Audit {
  readonly done: number
  /** Tasks and variants that are missing or not done, outputs that are missing or wrong. */
  readonly lost: readonly string[]
  /** Ends that were accepted twice, variants and tasks that nobody asked for. */
  readonly doubled: readonly string[]
  readonly attempts: number
  /** Tries that ended because their lease ran out. */
  readonly expired: number
  readonly failed: number
  /** Tries that did the work, by the ledger in the store, but whose end the catalog had given to another try. */
  readonly repeated: number
}

/** Reads catalog, store and the ledger that the workers keep in the store, and checks every byte of every output. */
export async function audit(backends: Backends, request: AuditRequest): Promise<Audit> {
  const { catalog, store } = backends
  const { tenant, augmentation, cameras, variants } = request
  const expected = expectedOf(augmentation, cameras, variants)
  const lost: string[] = []
  const doubled: string[] = []
  const found = await catalog.augmentations.get(tenant, augmentation)
  if (found === undefined) return { done: 0, lost: [augmentation], doubled, attempts: 0, expired: 0, failed: 0, repeated: 0 }
  if (found.state !== 'succeeded') lost.push(`${augmentation} is ${found.state}${reasonOf(found)}`)

  const tasks = await allPages((after) => catalog.augmentations.tasks({ augmentation, size: 1000, ...after }))
  const byKey = new Map(tasks.map((task) => [task.key, task]))
  for (const key of expected.tasks) if (!byKey.has(key)) lost.push(`${augmentation}/${key} was never made`)
  for (const { id, key } of tasks) if (!expected.tasks.includes(key)) doubled.push(`${id} was not asked for`)

  let repeated = 0
  for (const task of tasks) {
    const ends = task.attempts.filter(({ outcome }) => outcome === 'done')
    if (task.state !== 'done' || ends.length === 0) lost.push(`${task.id} is ${task.state} after ${task.attempts.length} tries`)
    if (ends.length > 1) doubled.push(`${task.id} ended ${ends.length} times`)
    if (new Set(task.attempts.map(({ fence }) => fence)).size !== task.attempts.length) doubled.push(`${task.id} has a fence twice`)
    const outputs = await rightOutputs(backends, task, expected.outputs.get(task.key))
    lost.push(...outputs)
    for (const { fence, outcome } of task.attempts) {
      const line = await store.readEntry(ledgerKind, entryKey(task.id, fence))
      if (outcome === 'done' && !sameOutputs(line, task.outputs)) lost.push(`${task.id}: the ledger of try ${fence} says otherwise`)
      if (outcome !== 'done' && line !== undefined) repeated++
    }
  }
  const stored = await allPages((after) => catalog.augmentations.variants({ augmentation, tenant, size: 1000, ...after }))
  const keys = stored.map(({ key }) => key)
  for (const [key, digest] of expected.variants) {
    const one = stored.filter((variant) => variant.key === key)
    if (one.length === 0) lost.push(`variant ${augmentation}/${key} is missing`)
    else if (one.length > 1) doubled.push(`variant ${augmentation}/${key} is there ${one.length} times`)
    else if (one[0]?.files['video.bin']?.sha256 !== digest) lost.push(`variant ${augmentation}/${key} has another content`)
  }
  for (const key of keys) if (!expected.variants.has(key)) doubled.push(`variant ${augmentation}/${key} was not asked for`)

  const attempts = tasks.flatMap((task) => task.attempts)
  const count = (outcome: string) => attempts.filter((attempt) => attempt.outcome === outcome).length
  const done = tasks.filter(({ state }) => state === 'done').length
  return { done, lost, doubled, attempts: attempts.length, expired: count('expired'), failed: count('failed'), repeated }
}

async function rightOutputs(backends: Backends, task: TaskDetails, expected: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const wrong: string[] = []
  for (const [name, digest] of Object.entries(expected)) {
    const ref = task.outputs[name]
    if (ref?.sha256 !== digest) {
      wrong.push(`${task.id}: output ${name} is ${ref?.sha256 ?? 'missing'}, expected ${digest}`)
      continue
    }
    const bytes = await readAll(backends.store, ref).catch((error: unknown) => error as Error)
    if (bytes instanceof Error) wrong.push(`${task.id}: ${name}: ${bytes.message}`)
    else if (digestOf(bytes) !== digest) wrong.push(`${task.id}: the bytes of ${name} are not its content`)
  }
  return wrong
}

function sameOutputs(line: unknown, outputs: Readonly<Record<string, BlobRef>>): boolean {
  const noted = typeof line === 'object' && line !== null && 'outputs' in line ? line.outputs : undefined
  const digests = (of: unknown) =>
    JSON.stringify(
      Object.entries(of ?? {})
        .map(([name, ref]) => [name, (ref as BlobRef).sha256])
        .sort(),
    )
  return digests(noted) === digests(outputs)
}

const reasonOf = ({ failure }: Augmentation): string => (failure === undefined ? '' : `: ${failure.reason} ${failure.message}`)

export async function allPages<Item>(page: (after: { after?: string }) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = []
  let next: string | undefined
  do {
    const one = await page(next === undefined ? {} : { after: next })
    items.push(...one.items)
    next = one.next
  } while (next !== undefined)
  return items
}

/** Ids of all augmentations of a tenant. */
export const allAugmentations = (augmentations: AugmentationCatalog, tenant: string): Promise<Augmentation[]> =>
  allPages((after) => augmentations.list({ tenant, size: 500, oldestFirst: true, ...after }))
