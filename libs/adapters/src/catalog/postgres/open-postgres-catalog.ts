import { type Catalog, defaultRetryPolicy, type RetryPolicy } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import { CompiledQuery, Kysely, PostgresDialect, type RawBuilder, sql } from 'kysely'
import pg from 'pg'
import type { Flavour } from '../sql/flavour.ts'
import { migrate } from '../sql/migrations.ts'
import { logTo, type QueryListener } from '../sql/query-listener.ts'
import type { CatalogTables } from '../sql/schema.ts'
import { sqlCatalog } from '../sql/sql-catalog.ts'
import { switchedOff, preparing, staleStatement } from './prepared.ts'
import { Store } from '../sql/store.ts'

export interface PostgresCatalogOptions {
  readonly policy?: RetryPolicy
  /** Connections of this process; default 10. */
  readonly maxConnections?: number
  /** Longest wait for a connection, in milliseconds; default 5000. */
  readonly connectTimeoutMs?: number
  /** Longest time of one statement, in milliseconds; default 30 000. */
  readonly statementTimeoutMs?: number
  /** Told of connections that were lost while nobody used them. */
  readonly onIdleError?: (error: Error) => void
  /** Told of every statement, for counts and traces. */
  readonly onQuery?: QueryListener
  /** The clock, an SQL expression for milliseconds; tests move it. Default: the database's own. */
  readonly now?: RawBuilder<number>
}

/**
 * Opens the catalog in a PostgreSQL database (14 or newer) and brings its tables up to date.
 *
 * @param url such as "postgres://user:password@host:5432/virga"
 * @throws VirgaError VIRGA_UNAVAILABLE when nobody answers, VIRGA_UNAUTHENTICATED, VIRGA_FORBIDDEN, VIRGA_FUTURE_VERSION
 */
export async function openPostgresCatalog(url: string, options: PostgresCatalogOptions = {}): Promise<Catalog> {
  const flavour = postgresFlavour(options.now)
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5000,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    application_name: 'virga',
    types: { getTypeParser: typeParser },
  })
  // Without a listener a lost idle connection ends the process; the pool makes a new one by itself.
  const lost = options.onIdleError ?? (() => undefined)
  pool.on('error', lost)
  // The pool listens to idle connections only. One that is lost between two statements of a transaction has nobody else; the next statement says so.
  pool.on('connect', (client) => void client.on('error', lost))
  const dialect = new PostgresDialect({
    pool: preparing(pool),
    onCreateConnection: async (connection) =>
      void (await connection.executeQuery(CompiledQuery.raw(switchedOff.map((name) => `set ${name} = off`).join(';')))),
  })
  const db = new Kysely<CatalogTables>({ dialect, ...logTo(options.onQuery) })
  try {
    await migrate(db, flavour)
  } catch (error) {
    await db.destroy()
    throw flavour.errorFor(error) ?? error
  }
  return sqlCatalog(new Store(db, flavour, options.policy ?? defaultRetryPolicy))
}

const int8: number = pg.types.builtins.INT8

/** 64-bit numbers as numbers: sequence numbers, times in milliseconds and sizes stay far below 2^53. */
function typeParser(oid: number, format?: 'text' | 'binary'): unknown {
  return oid === int8 ? Number : pg.types.getTypeParser(oid, format)
}

/** Any number that only migrations use. */
const migrationLock = 7_315_842

/** Exported for tests of the migrations. */
export function postgresFlavour(now?: RawBuilder<number>): Flavour {
  return {
    name: 'postgres',
    now: now ?? sql<number>`(extract(epoch from statement_timestamp()) * 1000)::bigint`,
    locksRows: true,
    types: { sequence: 'bigint generated always as identity primary key', bytes: 'bytea' },
    rowsOf(columns, rows) {
      const each = Object.entries(columns).map(([name, type]) => sql`${sql.id(name)} ${sql.raw(type)}`)
      return sql<never>`json_to_recordset(${JSON.stringify(rows)}::json)`.as<'v'>(sql`v(${sql.join(each)})`)
    },
    jsonText: (column, path) => sql<string | null>`(${sql.ref(column)}::json #>> ${[...path]}::text[])`,
    async lockMigrations(transaction) {
      await sql`select pg_advisory_xact_lock(${sql.lit(migrationLock)})`.execute(transaction)
    },
    isPassing: (error) => ['40P01', '40001', staleStatement].includes(stateOf(error) ?? ''),
    errorFor(error) {
      const options = { cause: error }
      const state = stateOf(error)
      const message = error instanceof Error ? error.message : ''
      if (state === '53100') return new VirgaError('VIRGA_DISK_FULL', 'the disk of the database is full', {}, options)
      if (state === '28P01' || state === '28000')
        return new VirgaError('VIRGA_UNAUTHENTICATED', `the database refused the login: ${message}`, {}, options)
      if (state === '42501') return new VirgaError('VIRGA_FORBIDDEN', `the database refused: ${message}`, {}, options)
      if (isAway(state, message))
        return new VirgaError('VIRGA_UNAVAILABLE', `the database does not answer: ${message || String(state)}`, {}, options)
      return undefined
    },
  }
}

/** SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html) or the code of a system error. */
function stateOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return stateOf(error.errors[0])
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined
}

/** Connection lost or refused, server shutting down or starting, too many connections, statement timeout, deadlock that would not go away. */
function isAway(state: string | undefined, message: string): boolean {
  if (state === undefined)
    return /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i.test(message)
  return (
    /^(08|57P|53300|57014|40P01|40001|3D000)/.test(state) ||
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|EAI_AGAIN|ENETUNREACH)/.test(state)
  )
}
