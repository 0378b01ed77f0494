import type { Stage } from '@virga/contracts'
import type { ErrorCode } from '@virga/errors'
import type { Failure } from './failure.ts'
import type { ScenarioCatalog } from './scenarios.ts'
import type {
  Augmentation,
  AugmentationState,
  BlobRef,
  NewAugmentation,
  Page,
  Priority,
  StoredVariant,
  TaskDetails,
  TaskSpec,
  TaskState,
  TraceContext,
  Variant,
} from './types.ts'

export interface PageRequest {
  readonly size: number
  readonly after?: string
}

export type CreateOutcome =
  | { readonly outcome: 'created' | 'existing'; readonly augmentation: Augmentation }
  /** The request id or the id is taken by something else; `differs` names the fields. */
  | { readonly outcome: 'conflict'; readonly differs: readonly string[] }

export interface AugmentationQuery {
  readonly tenant: string
  readonly states?: readonly AugmentationState[]
  /** Id of the scenario. */
  readonly scenario?: string
  /** As in the spec's field `bundle`, with or without "bundles/" in front. */
  readonly bundle?: string
  /** All of them must be there with these values. */
  readonly labels?: Readonly<Record<string, string>>
  /** Made at this time or later, milliseconds since the epoch. */
  readonly createdFrom?: number
  /** Made before this time. */
  readonly createdBefore?: number
  /** Default: the newest first. */
  readonly oldestFirst?: boolean
}

export interface TaskQuery {
  readonly augmentation: string
  readonly states?: readonly TaskState[]
  readonly stage?: Stage
}

/** Of one augmentation, or of all of a tenant's. */
export type VariantQuery = ({ readonly augmentation: string; readonly tenant?: string } | { readonly tenant: string }) & {
  readonly camera?: string
  /** As in `attributes.look`. */
  readonly weather?: string
  readonly lighting?: string
}

/** Port of those who ask for work and look at it: gateway and command line. Every call is of one tenant; others' things do not exist for it. */
export interface AugmentationCatalog {
  create(request: NewAugmentation): Promise<CreateOutcome>
  get(tenant: string, id: string): Promise<Augmentation | undefined>
  list(query: AugmentationQuery & PageRequest): Promise<Page<Augmentation>>
  /**
   * A new priority holds for all tasks that have not begun.
   *
   * @throws VirgaError VIRGA_NOT_FOUND; VIRGA_CONFLICT when `ifRevision` is given and another one is stored
   */
  update(
    tenant: string,
    id: string,
    change: { readonly labels?: Readonly<Record<string, string>>; readonly priority?: Priority; readonly ifRevision?: number },
  ): Promise<Augmentation>
  /** Ends what has not begun; workers hear of it with their next heartbeat. Of one that has ended: changes nothing. @throws VIRGA_NOT_FOUND */
  cancel(tenant: string, id: string): Promise<Augmentation>
  /** Removes it with its tasks and variants. @throws VIRGA_NOT_FOUND; VIRGA_WRONG_STATE before its end unless forced; VIRGA_CONFLICT */
  remove(tenant: string, id: string, options?: { readonly force?: boolean; readonly ifRevision?: number }): Promise<void>
  tasks(query: TaskQuery & PageRequest): Promise<Page<TaskDetails>>
  getTask(tenant: string, augmentation: string, key: string): Promise<TaskDetails | undefined>
  /** In the order in which they were finished. */
  variants(query: VariantQuery & PageRequest): Promise<Page<StoredVariant>>
  getVariant(tenant: string, augmentation: string, key: string): Promise<StoredVariant | undefined>
  /** How many tasks of the tenant may run at once; undefined: any number. Holds from the next claim on. */
  setTenantLimit(tenant: string, maxRunning: number | undefined): Promise<void>
}

/** The right to write the result of a task. Only the holder of the newest fence may use it. */
export interface Lease {
  readonly task: string
  readonly fence: number
}

export interface ClaimedTask {
  readonly lease: Lease
  readonly augmentation: string
  readonly key: string
  readonly tenant: string
  readonly stage: Stage
  readonly priority: Priority
  readonly input: unknown
  /** Failures before this try. */
  readonly failures: number
  readonly leaseMs: number
  /** That of its augmentation. */
  readonly trace?: TraceContext
}

export interface ClaimRequest {
  readonly stage: Stage
  /** Host, process and a random part; shown to people. */
  readonly worker: string
  /** How long it may be held without a heartbeat. A span: the worker's clock does not matter. */
  readonly leaseMs: number
  /** At most so many; default 1. */
  readonly limit?: number
}

export interface TaskResult {
  /** Blobs by name; they must lie in the blob store already. */
  readonly outputs?: Readonly<Record<string, BlobRef>>
  readonly variants?: readonly Variant[]
  /** Tasks that are made together with the end of this one, as by an inspection that has found the cameras. */
  readonly tasks?: readonly TaskSpec[]
}

/** Port of the workers. An outcome `lost` means that the lease is gone: stop, and write nothing. */
export interface WorkQueue {
  /** The most urgent ready tasks of a stage, of one priority class; of tenants with the same urgency the one with the fewest running. */
  claim(request: ClaimRequest): Promise<ClaimedTask[]>
  /** Keeps the lease alive for another span from now. `cancel`: stop soon and call `fail` or `complete`, which then end the task. */
  heartbeat(lease: Lease, leaseMs: number): Promise<{ readonly outcome: 'held'; readonly cancel: boolean } | { readonly outcome: 'lost' }>
  /** Ends the task. Asking again after an answer that got lost gives `accepted` again. @throws VIRGA_BAD_INPUT when new tasks are no graph */
  complete(lease: Lease, result: TaskResult): Promise<{ readonly outcome: 'accepted' | 'cancelled' | 'lost' }>
  /** Gives the try up; whether there is another one, and when, is decided by the class of the reason and the number of failures. */
  fail(
    lease: Lease,
    failure: Failure,
  ): Promise<{ readonly outcome: 'retry'; readonly delayMs: number } | { readonly outcome: 'dead' | 'cancelled' | 'lost' }>
  /** Hands the task back, as on shutdown: ready at once, no failure counted. */
  release(lease: Lease): Promise<{ readonly outcome: 'released' | 'cancelled' | 'lost' }>
}

export interface SweepReport {
  /** Leases that had run out, and how many of their tasks are dead by it. */
  readonly expired: number
  readonly died: number
  /** Tasks whose back-off was over. */
  readonly woken: number
  /** Augmentations whose deadline had passed. */
  readonly timedOut: number
  /** Ready tasks that nobody took for a while and that were announced again. */
  readonly announced: number
}

/** Port of whoever keeps things moving: call it about once a second, from any number of processes. */
export interface Sweeper {
  /** @param options limit: at most so many of each kind in one call, default 100; announceAfterMs: default 30 000 */
  sweep(options?: { readonly limit?: number; readonly announceAfterMs?: number }): Promise<SweepReport>
}

interface NoteBase {
  readonly tenant: string
  readonly augmentation: string
  readonly revision: number
  readonly failure?: Failure
  /** That of the augmentation. */
  readonly trace?: TraceContext
}

/** What is to be told to the outside, written in the same transaction as the change itself. `task-ready` is for workers, the others for outsiders. */
export type Note =
  | (NoteBase & { readonly kind: 'augmentation'; readonly state: AugmentationState | 'deleted' })
  | (NoteBase & { readonly kind: 'task'; readonly task: string; readonly stage: Stage; readonly state: TaskState })
  | (NoteBase & { readonly kind: 'variant'; readonly variant: string })
  | (NoteBase & {
      readonly kind: 'task-ready'
      readonly task: string
      readonly stage: Stage
      readonly priority: Priority
      readonly failures: number
    })

export interface OutboxEntry {
  /** Names the entry for good: use it as the id of the event. */
  readonly seq: number
  readonly note: Note
  readonly createdAt: number
}

/** Port of the relay that publishes notes: at least once, in order but for those that were held by a relay that died. */
export interface Outbox {
  /** Takes the oldest entries that nobody holds; they come again after `holdMs` unless they are removed. */
  take(options: { readonly limit: number; readonly holdMs: number }): Promise<OutboxEntry[]>
  /** Forgets what has been published. */
  published(seqs: readonly number[]): Promise<void>
}

export interface DeadLetter {
  readonly id: string
  readonly tenant?: string
  /** `{augmentation}/{key}` of the task that died. */
  readonly task?: string
  /** Where a record came from, `topic/partition/offset`. */
  readonly record?: string
  readonly reason: ErrorCode
  readonly message: string
  /** Raw bytes of the record, or the JSON of the task's input. */
  readonly payload: Uint8Array
  readonly headers: Readonly<Record<string, string>>
  readonly createdAt: number
  readonly redrivenAt?: number
}

/** Port to what was given up. */
export interface DeadLetters {
  /** Keeps a record that could not be read. The same `record` twice is kept once. */
  add(letter: Pick<DeadLetter, 'tenant' | 'record' | 'reason' | 'message' | 'payload' | 'headers'>): Promise<string>
  get(id: string): Promise<DeadLetter | undefined>
  /** The newest first; all tenants when none is given. */
  list(query: { readonly tenant?: string; readonly includeRedriven?: boolean } & PageRequest): Promise<Page<DeadLetter>>
  /**
   * A dead task becomes ready with no failures, and what was cancelled for its sake waits for it again. Of a record it only notes that it
   * was redriven: the caller writes it to its topic. Redriving twice changes nothing.
   *
   * @throws VirgaError VIRGA_NOT_FOUND; VIRGA_WRONG_STATE when the augmentation was cancelled
   */
  redrive(id: string): Promise<DeadLetter>
}

/** Port of the garbage collection. */
export interface KeptBlobs {
  /**
   * The SHA-256 of every blob that something keeps: outputs of tasks, files of variants, manifests and files of scenarios. In ascending
   * order, each once, read in pages: what begins to be kept meanwhile may be missed, so spare blobs that are young.
   */
  referenced(): AsyncIterable<string>
  /** Forgets what was noted of blobs that are gone; of those that something keeps nothing changes. */
  forget(digests: readonly string[]): Promise<void>
}

/**
 * All that the catalog is. An adapter gives these promises, each held by `libs/adapters/test/catalog.contract.ts`: what was acknowledged is
 * there after any crash; a task has one holder at a time, and nobody else can write its end; every change and its notes are one transaction;
 * the only clock is the database's.
 */
export interface Catalog {
  readonly augmentations: AugmentationCatalog
  readonly scenarios: ScenarioCatalog
  readonly blobs: KeptBlobs
  readonly work: WorkQueue
  readonly sweeper: Sweeper
  readonly outbox: Outbox
  readonly deadLetters: DeadLetters
  close(): Promise<void>
}
