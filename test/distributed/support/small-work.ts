import { createCipheriv, createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BlobRef, BlobStore } from '@virga/augmentation'
import type { ClaimedTask, TaskResult, TaskSpec } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import type { Perform } from '@virga/orchestration'
import { z } from 'zod'

/**
 * Work that takes no model: the graph of an augmentation, real blobs of known digest, a stage that reads what another one left in the store.
 * What each task has to come to follows from its names alone, so an audit can tell every wrong, missing or second result.
 */
export interface SmallWorkOptions {
  readonly store: BlobStore
  readonly worker: string
  /** How long a task takes on average; each takes between half and one and a half of it. */
  readonly taskMs: number
}

const inspectInput = z.object({ cameras: z.array(z.string()), variants: z.array(z.object({ id: z.string() })) })
const taskInput = z.object({ camera: z.string(), variant: z.string().optional() })
const publishInput = z.object({ variants: z.array(z.object({ camera: z.string(), variant: z.string() })) })

/** A task may be hit by many kills in a row: no number of them may end it. */
const maxFailures = 1000
const conditionBytes = 150_000
const videoBytes = 90_000

const sha256 = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}
export const digestOf = (bytes: Uint8Array): string => sha256(bytes)

/** Bytes that follow from a name. */
function bytesOf(name: string, size: number): Uint8Array {
  return createCipheriv('aes-256-ctr', Buffer.from(sha256(name), 'hex'), Buffer.alloc(16)).update(Buffer.alloc(size))
}

export const conditionOf = (augmentation: string, camera: string): Uint8Array => bytesOf(`${augmentation}/${camera}`, conditionBytes)
export const videoOf = (condition: Uint8Array, variant: string): Uint8Array => bytesOf(`${sha256(condition)}/${variant}`, videoBytes)
export const overviewOf = (videos: readonly string[]): Uint8Array => new TextEncoder().encode(videos.join('\n'))

/** Kinds of entries in the store. */
export const conditionKind = 'small-condition'
export const videoKind = 'small-video'
export const ledgerKind = 'small-ledger'
export const entryKey = (...parts: readonly (string | number)[]): string => sha256(parts.join('/'))

/** What a try notes in the store before its end is written, whether the catalog takes it or not. */
export interface LedgerLine {
  readonly task: string
  readonly fence: number
  readonly worker: string
  readonly outputs: Readonly<Record<string, BlobRef>>
}

/** The tasks that an inspection finds. */
export function tasksOf(cameras: readonly string[], variants: readonly string[]): TaskSpec[] {
  const all = cameras.flatMap((camera) => variants.map((variant) => ({ camera, variant })))
  const nameOf = ({ camera, variant }: { camera: string; variant: string }) => `generate.${camera}.${variant}`
  return [
    ...cameras.map((camera): TaskSpec => ({ key: `render.${camera}`, stage: 'render', input: { camera }, maxFailures })),
    ...all.map((one): TaskSpec => ({ key: nameOf(one), stage: 'generate', input: one, needs: [`render.${one.camera}`], maxFailures })),
    { key: 'publish', stage: 'publish', input: { variants: all }, needs: all.map(nameOf), maxFailures },
  ]
}

/** Does the small work for a worker loop. */
export function smallWork({ store, worker, taskMs }: SmallWorkOptions): Perform {
  return async (task, { signal }) => {
    const half = Number.parseInt(sha256(task.lease.task).slice(0, 4), 16) / 0xffff
    await sleep(taskMs * (0.5 + half), undefined, { signal })
    const result = await doSmall(store, task)
    const line: LedgerLine = { task: task.lease.task, fence: task.lease.fence, worker, outputs: result.outputs ?? {} }
    await store.writeEntry(ledgerKind, entryKey(task.lease.task, task.lease.fence), line)
    return result
  }
}

async function doSmall(store: BlobStore, task: ClaimedTask): Promise<TaskResult> {
  const { augmentation, stage } = task
  switch (stage) {
    case 'inspect': {
      const { cameras, variants } = inspectInput.parse(task.input)
      const ids = variants.map(({ id }) => id)
      const plan = await store.put(new TextEncoder().encode(JSON.stringify({ cameras, variants: ids })))
      return { outputs: { 'plan.json': plan }, tasks: tasksOf(cameras, ids) }
    }
    case 'render': {
      const { camera } = taskInput.parse(task.input)
      const condition = await store.put(conditionOf(augmentation, camera))
      await store.writeEntry(conditionKind, entryKey(augmentation, camera), condition)
      return { outputs: { 'condition.bin': condition } }
    }
    case 'generate': {
      const { camera, variant = '' } = taskInput.parse(task.input)
      const condition = await readAll(store, await refIn(store, conditionKind, entryKey(augmentation, camera)))
      const video = await store.put(videoOf(condition, variant))
      await store.writeEntry(videoKind, entryKey(augmentation, camera, variant), video)
      const attributes = { variant, look: { weather: 'rain', lighting: 'night' } }
      return {
        outputs: { 'video.bin': video },
        variants: [{ key: `${camera}.${variant}`, camera, attributes, files: { 'video.bin': video } }],
      }
    }
    case 'publish': {
      const { variants } = publishInput.parse(task.input)
      const digests: string[] = []
      for (const { camera, variant } of variants) {
        const ref = await refIn(store, videoKind, entryKey(augmentation, camera, variant))
        digests.push(digestOf(await readAll(store, ref)))
      }
      return { outputs: { 'overview.txt': await store.put(overviewOf(digests)) } }
    }
    default:
      throw new VirgaError('VIRGA_BAD_INPUT', 'no stage of an augmentation', { record: task.lease.task, field: 'stage' })
  }
}

const blobRef = z.object({ sha256: z.string(), size: z.number() })

async function refIn(store: BlobStore, kind: string, key: string): Promise<BlobRef> {
  const found = blobRef.safeParse(await store.readEntry(kind, key))
  // A task begins only after what it needs is done, and what is done is durable: this is what a lost write looks like.
  if (!found.success) throw new VirgaError('VIRGA_BAD_INPUT', 'what an earlier stage left is not there', { record: `${kind}/${key}` })
  return found.data
}

export async function readAll(store: BlobStore, ref: BlobRef): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of store.get(ref)) parts.push(part)
  return Buffer.concat(parts)
}
