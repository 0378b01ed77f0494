import type { AliasedRawBuilder, RawBuilder } from 'kysely'
import type { VirgaError } from '@virga/errors'
import type { Db } from './schema.ts'

/** All in which the two databases differ. */
export interface Flavour {
  readonly name: 'sqlite' | 'postgres'
  /** The database's clock in integer milliseconds; the same value within one statement, so that an index can be asked with it. */
  readonly now: RawBuilder<number>
  /** Whether rows can be locked. SQLite needs no row locks: a transaction that writes has the whole database. */
  readonly locksRows: boolean
  readonly types: { readonly sequence: string; readonly bytes: string }
  /**
   * Rows as a table `v`, given as one parameter: the statement's text is the same for any number of rows, so it is planned once. The order
   * of the rows is kept.
   */
  rowsOf<Columns extends Readonly<Record<string, 'text' | 'bigint'>>>(
    this: void,
    columns: Columns,
    rows: readonly Readonly<Record<keyof Columns, string | number | null>>[],
  ): AliasedRawBuilder<{ [Column in keyof Columns]: Columns[Column] extends 'text' ? string : number }, 'v'>
  /** The text at a path in a column of JSON text; null where there is none. */
  jsonText(this: void, column: string, path: readonly string[]): RawBuilder<string | null>
  /** Lets one process at a time migrate. */
  lockMigrations(transaction: Db): Promise<void>
  /** True for what goes away when the transaction is done again: a deadlock, a serialisation failure. */
  isPassing(error: unknown): boolean
  /** The error that a caller can act on; undefined for what is a defect. */
  errorFor(error: unknown): VirgaError | undefined
}
