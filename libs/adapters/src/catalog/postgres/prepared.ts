import { createHash } from 'node:crypto'
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely'
import type pg from 'pg'

/** From this use on a statement is prepared, and at most so many of them: the server keeps each one for each connection. */
const usesBefore = 3
const mostNames = 300

/**
 * Every statement of the catalog has an index that answers it. A plan that PostgreSQL keeps for a prepared statement may have been made when
 * the tables were empty, so it is not left to their size then whether the index is used.
 */
export const switchedOff = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin'] as const

/** SQLSTATE feature_not_supported: here, that a table has got another column since a statement that gives all columns was prepared. */
export const staleStatement = '0A000'

/** A pool whose connections keep the plans of statements that are used again and again, which spares the server half of its work. */
export function preparing(pool: pg.Pool): PostgresPool {
  const uses = new Map<string, number>()
  const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>()
  let names = 0
  const nameOf = (text: string): string | undefined => {
    const used = (uses.get(text) ?? 0) + 1
    if (used < usesBefore || (used === usesBefore && names >= mostNames)) {
      if (uses.size < 10 * mostNames) uses.set(text, used === usesBefore ? used - 1 : used)
      return undefined
    }
    if (used === usesBefore) {
      names += 1
      uses.set(text, used)
    }
    return createHash('sha1').update(text).digest('base64url')
  }
  const wrapped = (client: pg.PoolClient): PostgresPoolClient => {
    let stale = false
    const ask = async (text: string, values: readonly unknown[]) => {
      const name = values.length === 0 ? undefined : nameOf(text)
      try {
        return await (name === undefined ? client.query(text, [...values]) : client.query({ name, text, values: [...values] }))
      } catch (error) {
        if (typeof error === 'object' && error !== null && 'code' in error && error.code === staleStatement) stale = true
        throw error
      }
    }
    function query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>
    function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>
    function query(text: string | PostgresCursor<unknown>, values: readonly unknown[] = []): unknown {
      if (typeof text !== 'string') throw new Error('the catalog reads in pages, not by cursors')
      return ask(text, values)
    }
    return { query, release: () => client.release(stale) }
  }
  return {
    connect: async () => {
      const client = await pool.connect()
      const known = clients.get(client) ?? wrapped(client)
      clients.set(client, known)
      return known
    },
    end: () => pool.end(),
    options: pool.options,
  }
}
