import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { type Catalog, defaultRetryPolicy } from '@virga/catalog'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { openPostgresCatalog, openSqliteCatalog } from '../../src/catalog/index.ts'
import { postgresFlavour } from '../../src/catalog/postgres/open-postgres-catalog.ts'
import { switchedOff } from '../../src/catalog/postgres/prepared.ts'
import { migrate, migrations } from '../../src/catalog/sql/migrations.ts'
import type { CatalogTables } from '../../src/catalog/sql/schema.ts'
import { nodeSqliteDialect } from '../../src/catalog/sqlite/node-sqlite-dialect.ts'
import { sqliteFlavour } from '../../src/catalog/sqlite/open-sqlite-catalog.ts'
import { startPostgres } from './start-postgres.ts'

export interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

export interface CatalogUnderTest {
  readonly catalog: Catalog
  /** A second client of the same catalog, as another process would have. */
  readonly other: Catalog
  /** Moves the catalog's clock, which stands still otherwise. */
  advance(ms: number): Promise<void>
  /** Asks the database itself. */
  rows<Row>(text: string, parameters?: readonly unknown[]): Promise<Row[]>
  /** What `catalog` is given to do while `work` runs, statement by statement. */
  statements(work: () => Promise<unknown>): Promise<readonly Statement[]>
  /** A database of its own as an earlier release left it, with these rows, then opened by this one. */
  upgraded(migrationsBefore: number, inserts: readonly string[]): Promise<Catalog>
  /** Empties every table. */
  reset(): Promise<void>
  close(): Promise<void>
}

function recorder() {
  let seen: Statement[] | undefined
  return {
    onQuery: (sql: string, parameters: readonly unknown[]) => void seen?.push({ sql, parameters }),
    statements: async (work: () => Promise<unknown>) => {
      const recorded = (seen = [])
      await work()
      seen = undefined
      return recorded
    },
  }
}

/** Back-off without chance: 1, 2, 4 ... seconds for `soon`. */
const policy = { ...defaultRetryPolicy, random: () => 1 }
const clock = 'create table test_clock (now_ms bigint not null); insert into test_clock values (1000000)'
const now = sql<number>`(select now_ms from test_clock)`
/** Those that refer to others come first. */
const tables = [
  'scenario_blobs',
  'scenarios',
  'blob_uses',
  'blobs',
  'variants',
  'outbox',
  'attempts',
  'task_needs',
  'tasks',
  'augmentations',
  'tenants',
  'dead_letters',
]

export async function sqliteUnderTest(): Promise<CatalogUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'virga-catalog-'))
  const path = join(folder, 'catalog.sqlite')
  const raw = new DatabaseSync(path, { timeout: 5000 })
  raw.exec(`pragma journal_mode = wal; pragma synchronous = off; ${clock}`)
  const { onQuery, statements } = recorder()
  const catalog = await openSqliteCatalog(path, { policy, now, onQuery })
  const other = await openSqliteCatalog(path, { policy, now })
  return {
    catalog,
    other,
    advance: async (ms) => raw.exec(`update test_clock set now_ms = now_ms + ${ms}`),
    rows: async <Row>(text: string, parameters: readonly unknown[] = []) =>
      raw.prepare(text).all(...(parameters as SQLInputValue[])) as Row[],
    statements,
    upgraded: async (before, inserts) => {
      const old = new DatabaseSync(join(folder, 'old.sqlite'))
      const db = new Kysely<CatalogTables>({ dialect: nodeSqliteDialect(old, 0) })
      await migrate(db, sqliteFlavour('old'), migrations.slice(0, before))
      for (const insert of inserts) old.exec(insert)
      await db.destroy()
      return openSqliteCatalog(join(folder, 'old.sqlite'))
    },
    reset: async () => raw.exec(tables.map((table) => `delete from ${table}`).join(';')),
    close: async () => {
      await catalog.close()
      await other.close()
      raw.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A text where PostgreSQL cannot be started, which says why. */
export async function postgresUnderTest(): Promise<CatalogUnderTest | string> {
  const server = await startPostgres(['fsync=off', 'full_page_writes=off'])
  if (typeof server === 'string') return server
  const raw = new pg.Pool({ connectionString: server.url, max: 2, options: switchedOff.map((name) => `-c ${name}=off`).join(' ') })
  raw.on('error', () => undefined)
  await raw.query(clock)
  const { onQuery, statements } = recorder()
  const catalog = await openPostgresCatalog(server.url, { policy, now, onQuery })
  const other = await openPostgresCatalog(server.url, { policy, now })
  return {
    catalog,
    other,
    advance: async (ms) => void (await raw.query('update test_clock set now_ms = now_ms + $1', [ms])),
    rows: async <Row>(text: string, parameters: readonly unknown[] = []) => (await raw.query(text, [...parameters])).rows as Row[],
    statements,
    upgraded: async (before, inserts) => {
      await raw.query('create database old')
      const url = Object.assign(new URL(server.url), { pathname: '/old' }).href
      const pool = new pg.Pool({ connectionString: url, max: 1 })
      const db = new Kysely<CatalogTables>({ dialect: new PostgresDialect({ pool }) })
      await migrate(db, postgresFlavour(), migrations.slice(0, before))
      for (const insert of inserts) await pool.query(insert)
      await db.destroy()
      return openPostgresCatalog(url)
    },
    reset: async () => void (await raw.query(`truncate ${tables.join(', ')}`)),
    close: async () => {
      await catalog.close()
      await other.close()
      await raw.end()
      await server.stop()
    },
  }
}
