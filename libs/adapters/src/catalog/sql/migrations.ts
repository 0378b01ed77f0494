import { sql } from 'kysely'
import { VirgaError } from '@virga/errors'
import type { Db } from './schema.ts'
import type { Flavour } from './flavour.ts'

interface Migration {
  /** Never changed once released; the order is that of the list. */
  readonly id: string
  readonly up: (db: Db, flavour: Flavour) => Promise<void>
}

const base: Migration = {
  id: '0001-base',
  async up(db, { types }) {
    const run = (text: string) => sql.raw(text).execute(db)
    await run(`create table tenants (tenant text primary key, max_running integer)`)
    await run(`create table augmentations (
      seq ${types.sequence}, id text not null unique, tenant text not null references tenants, request_id text, scenario text not null,
      spec text not null, labels text not null, priority integer not null, timeout_ms bigint, state text not null,
      open_tasks integer not null, failure text, cancel_reason text, created_at bigint not null, started_at bigint, ended_at bigint,
      deadline_at bigint, revision bigint not null, unique (tenant, request_id))`)
    await run(`create index augmentations_by_tenant on augmentations (tenant, seq)`)
    await run(`create index augmentations_by_state on augmentations (tenant, state, seq)`)
    await run(`create index augmentations_due on augmentations (deadline_at) where cancel_reason is null and ended_at is null`)
    await run(`create table tasks (
      seq ${types.sequence}, id text not null unique, augmentation_id text not null, key text not null, tenant text not null,
      stage text not null, priority integer not null, state text not null, pending integer not null, failures integer not null,
      max_failures integer not null, fence bigint not null, worker text, lease_until bigint, retry_at bigint, announced_at bigint,
      input text not null, outputs text, failure text, created_at bigint not null, updated_at bigint not null)`)
    await run(`create index tasks_by_augmentation on tasks (augmentation_id, seq)`)
    await run(`create index tasks_ready on tasks (stage, tenant, priority, seq) where state = 'ready'`)
    await run(`create index tasks_announced on tasks (announced_at) where state = 'ready'`)
    await run(`create index tasks_running on tasks (tenant) where state = 'running'`)
    await run(`create index tasks_leases on tasks (lease_until) where state = 'running'`)
    await run(`create index tasks_delayed on tasks (retry_at) where state = 'delayed'`)
    await run(
      `create table task_needs (task_id text not null, needs_id text not null, augmentation_id text not null, primary key (task_id, needs_id))`,
    )
    await run(`create index task_needs_reverse on task_needs (needs_id)`)
    await run(`create index task_needs_by_augmentation on task_needs (augmentation_id)`)
    await run(`create table attempts (
      task_id text not null, fence bigint not null, augmentation_id text not null, worker text not null, started_at bigint not null,
      ended_at bigint, outcome text not null, failure text, primary key (task_id, fence))`)
    await run(`create index attempts_by_augmentation on attempts (augmentation_id)`)
    await run(`create table outbox (seq ${types.sequence}, note text not null, created_at bigint not null, held_until bigint not null)`)
    await run(`create table variants (
      seq ${types.sequence}, augmentation_id text not null, key text not null, camera text not null, attributes text not null,
      files text not null, created_at bigint not null, unique (augmentation_id, key))`)
    await run(`create index variants_by_augmentation on variants (augmentation_id, seq)`)
    await run(
      `create table blobs (sha256 text primary key, size bigint not null, first_seen_at bigint not null, last_used_at bigint not null)`,
    )
    await run(`create table blob_uses (
      owner text not null, name text not null, augmentation_id text not null, sha256 text not null references blobs, primary key (owner, name))`)
    await run(`create index blob_uses_by_blob on blob_uses (sha256)`)
    await run(`create index blob_uses_by_augmentation on blob_uses (augmentation_id)`)
    await run(`create table dead_letters (
      seq ${types.sequence}, tenant text, task_id text, augmentation_id text, record text unique, reason text not null, message text not null,
      payload ${types.bytes} not null, headers text not null, created_at bigint not null, redriven_at bigint)`)
    await run(`create index dead_letters_by_augmentation on dead_letters (augmentation_id)`)
  },
}

const scenarios: Migration = {
  id: '0002-scenarios',
  async up(db, { types }) {
    const run = (text: string) => sql.raw(text).execute(db)
    await run(`create table scenarios (
      seq ${types.sequence}, id text not null, tenant text not null, request_id text, uri text not null, display_name text not null,
      state text not null, failure text, format text, licence text, sha256 text, duration_us bigint, cameras text not null,
      controls text not null, manifest text, created_at bigint not null, revision bigint not null, unique (tenant, id),
      unique (tenant, request_id))`)
    await run(`create index scenarios_by_tenant on scenarios (tenant, seq)`)
    await run(`create index scenarios_by_state on scenarios (tenant, state, seq)`)
    await run(`create table scenario_blobs (
      scenario_seq bigint not null references scenarios, sha256 text not null, primary key (scenario_seq, sha256))`)
    await run(`create index scenario_blobs_by_blob on scenario_blobs (sha256)`)
    await run(`create index augmentations_by_scenario on augmentations (tenant, scenario, seq)`)
    await run(`create index augmentations_unfinished on augmentations (tenant, scenario) where ended_at is null`)
    await run(`alter table variants add column tenant text`)
    await run(`update variants set tenant = (select tenant from augmentations a where a.id = variants.augmentation_id)`)
    await run(`create index variants_by_tenant on variants (tenant, seq)`)
  },
}

const packedNotes: Migration = {
  id: '0003-packed-notes',
  async up(db) {
    await sql.raw(`alter table outbox add column notes integer not null default 1`).execute(db)
  },
}

const trace: Migration = {
  id: '0004-trace',
  async up(db) {
    await sql.raw(`alter table augmentations add column trace text`).execute(db)
  },
}

export const migrations: readonly Migration[] = [base, scenarios, packedNotes, trace]

/**
 * Brings the tables to what this release needs, in one transaction; any number of processes may start at once.
 *
 * @param wanted those of this release; tests stop earlier
 * @throws VirgaError VIRGA_FUTURE_VERSION when a newer release has changed the tables
 */
export async function migrate(db: Db, flavour: Flavour, wanted = migrations): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await flavour.lockMigrations(transaction)
    const table = sql.table('virga_migrations')
    await sql`create table if not exists ${table} (id text primary key, applied_at bigint not null)`.execute(transaction)
    const { rows } = await sql<{ id: string }>`select id from ${table}`.execute(transaction)
    const applied = new Set(rows.map(({ id }) => id))
    for (const { id, up } of wanted) {
      if (applied.delete(id)) continue
      await up(transaction, flavour)
      await sql`insert into ${table} (id, applied_at) values (${id}, ${flavour.now})`.execute(transaction)
    }
    if (applied.size > 0) {
      const message = `the catalog was changed by a newer Virga (${[...applied].join(', ')}): update this side`
      throw new VirgaError('VIRGA_FUTURE_VERSION', message, { expected: wanted.map(({ id }) => id).join(', ') })
    }
  })
}
