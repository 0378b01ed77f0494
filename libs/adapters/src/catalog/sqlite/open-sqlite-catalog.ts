import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Catalog, defaultRetryPolicy, type RetryPolicy } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import { Kysely, type RawBuilder, sql } from 'kysely'
import type { Flavour } from '../sql/flavour.ts'
import { migrate } from '../sql/migrations.ts'
import type { CatalogTables } from '../sql/schema.ts'
import { sqlCatalog } from '../sql/sql-catalog.ts'
import { Store } from '../sql/store.ts'
import { logTo, type QueryListener } from '../sql/query-listener.ts'
import { nodeSqliteDialect } from './node-sqlite-dialect.ts'

export interface SqliteCatalogOptions {
  readonly policy?: RetryPolicy
  /** Longest wait for another process that writes, in milliseconds; default 5000. */
  readonly busyTimeoutMs?: number
  /** Told of every statement, for counts and traces. */
  readonly onQuery?: QueryListener
  /** The clock, an SQL expression for milliseconds; tests move it. Default: the database's own. */
  readonly now?: RawBuilder<number>
}

/**
 * Opens the catalog in a file, making it where it is not there. WAL with synchronous=FULL: what a call has acknowledged is on the disk, and
 * any number of processes of one machine may use the file.
 *
 * @param path absolute path; its folder is made. Not on a network file system: WAL needs shared memory
 * @throws VirgaError VIRGA_CANNOT_WRITE, VIRGA_BAD_INPUT for a file that is no SQLite database, VIRGA_FUTURE_VERSION
 */
export async function openSqliteCatalog(path: string, options: SqliteCatalogOptions = {}): Promise<Catalog> {
  const flavour = sqliteFlavour(path, options.now)
  let database: DatabaseSync | undefined
  try {
    mkdirSync(dirname(path), { recursive: true })
    database = new DatabaseSync(path, { timeout: 1000, enableForeignKeyConstraints: true })
    // Turning WAL on needs the file for itself for a moment; from then on waiting is up to the dialect.
    database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 0')
    const db = new Kysely<CatalogTables>({ dialect: nodeSqliteDialect(database, options.busyTimeoutMs ?? 5000), ...logTo(options.onQuery) })
    const store = new Store(db, flavour, options.policy ?? defaultRetryPolicy)
    await migrate(db, flavour)
    return sqlCatalog(store)
  } catch (error) {
    if (database?.isOpen === true) database.close()
    throw flavour.errorFor(error) ?? error
  }
}

/** https://www.sqlite.org/rescode.html, primary codes. */
const code = { busy: 5, locked: 6, readonly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 }

/** Exported for tests of the migrations. */
export function sqliteFlavour(path: string, now?: RawBuilder<number>): Flavour {
  return {
    name: 'sqlite',
    now: now ?? sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
    locksRows: false,
    types: { sequence: 'integer primary key autoincrement', bytes: 'blob' },
    rowsOf(columns, rows) {
      const each = Object.keys(columns).map((name) => sql`json_extract(value, ${sql.lit(`$.${name}`)}) as ${sql.id(name)}`)
      return sql<never>`(select ${sql.join(each)} from json_each(${JSON.stringify(rows)}))`.as('v')
    },
    jsonText: (column, path) =>
      sql<string | null>`json_extract(${sql.ref(column)}, ${'$' + path.map((key) => '.' + JSON.stringify(key)).join('')})`,
    lockMigrations: async () => undefined, // the transaction has the write lock
    isPassing: () => false,
    errorFor(error) {
      const number = typeof error === 'object' && error !== null && 'errcode' in error ? Number(error.errcode) & 255 : undefined
      const place = { file: path }
      const options = { cause: error }
      switch (number) {
        case code.busy:
        case code.locked:
          return new VirgaError('VIRGA_UNAVAILABLE', 'another process is writing to the catalog', place, options)
        case code.full:
          return new VirgaError('VIRGA_DISK_FULL', 'the disk of the catalog is full', place, options)
        case code.readonly:
        case code.cannotOpen:
          return new VirgaError('VIRGA_CANNOT_WRITE', 'the catalog cannot be opened for writing', place, options)
        case code.ioError:
          return new VirgaError('VIRGA_UNAVAILABLE', 'the disk of the catalog does not answer as it should', place, options)
        case code.corrupt:
        case code.notADatabase:
          return new VirgaError('VIRGA_BAD_INPUT', 'the catalog is damaged', { ...place, expected: 'an SQLite database' }, options)
        default: // an error of the file system, or a defect
      }
      const system = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
      if (system === 'ENOSPC') return new VirgaError('VIRGA_DISK_FULL', 'the disk of the catalog is full', place, options)
      if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT'].includes(String(system))) {
        return new VirgaError('VIRGA_CANNOT_WRITE', 'the folder of the catalog cannot be made', place, options)
      }
      return undefined
    },
  }
}
