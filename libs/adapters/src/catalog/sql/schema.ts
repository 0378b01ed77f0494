import type { Generated, Kysely, Selectable } from 'kysely'

/**
 * The tables, the same in SQLite and PostgreSQL. Times are integer milliseconds since the epoch by the database's clock, JSON is text,
 * sequence numbers are given by the database in the order of insertion.
 */
export interface CatalogTables {
  tenants: { tenant: string; max_running: number | null }
  augmentations: {
    seq: Generated<number>
    id: string
    tenant: string
    request_id: string | null
    scenario: string
    spec: string
    labels: string
    priority: number
    /** From creation; kept to compare with a request that comes again. */
    timeout_ms: number | null
    state: string
    /** Tasks that are neither done nor dead nor cancelled. Changed only by those who hold the row's lock. */
    open_tasks: number
    failure: string | null
    /** Why it is to end: 'asked' or 'deadline'. */
    cancel_reason: string | null
    created_at: number
    started_at: number | null
    ended_at: number | null
    deadline_at: number | null
    revision: number
    /** W3C trace context of the request, as JSON. */
    trace: string | null
  }
  tasks: {
    seq: Generated<number>
    /** `{augmentation}/{key}`. */
    id: string
    augmentation_id: string
    key: string
    tenant: string
    stage: string
    priority: number
    state: string
    /** Needs that are not done. */
    pending: number
    failures: number
    max_failures: number
    fence: number
    worker: string | null
    lease_until: number | null
    retry_at: number | null
    /** When workers were last told that it is ready. */
    announced_at: number | null
    input: string
    outputs: string | null
    failure: string | null
    created_at: number
    updated_at: number
  }
  task_needs: { task_id: string; needs_id: string; augmentation_id: string }
  attempts: {
    task_id: string
    fence: number
    augmentation_id: string
    worker: string
    started_at: number
    ended_at: number | null
    outcome: string
    failure: string | null
  }
  /** `note` is one note, or a list of `notes` of them that belong to one change. */
  outbox: { seq: Generated<number>; note: string; notes: Generated<number>; created_at: number; held_until: number }
  variants: {
    seq: Generated<number>
    tenant: string
    augmentation_id: string
    key: string
    camera: string
    attributes: string
    files: string
    created_at: number
  }
  blobs: { sha256: string; size: number; first_seen_at: number; last_used_at: number }
  /** What keeps a blob: the owner is a task's id or `{augmentation}/variants/{key}`. */
  blob_uses: { owner: string; name: string; augmentation_id: string; sha256: string }
  scenarios: {
    seq: Generated<number>
    id: string
    tenant: string
    request_id: string | null
    uri: string
    display_name: string
    state: string
    failure: string | null
    format: string | null
    licence: string | null
    sha256: string | null
    duration_us: number | null
    cameras: string
    controls: string
    manifest: string | null
    created_at: number
    revision: number
  }
  /** What a scenario keeps: its manifest and its files. */
  scenario_blobs: { scenario_seq: number; sha256: string }
  dead_letters: {
    seq: Generated<number>
    tenant: string | null
    task_id: string | null
    augmentation_id: string | null
    record: string | null
    reason: string
    message: string
    payload: Uint8Array
    headers: string
    created_at: number
    redriven_at: number | null
  }
}

export type Db = Kysely<CatalogTables>
export type TaskRow = Selectable<CatalogTables['tasks']>
export type AugmentationRow = Selectable<CatalogTables['augmentations']>
