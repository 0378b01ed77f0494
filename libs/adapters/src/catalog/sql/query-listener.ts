import type { KyselyConfig } from 'kysely'

/** Must not throw and must not block. */
export type QueryListener = (sql: string, parameters: readonly unknown[], durationMs: number) => void

export function logTo(listener: QueryListener | undefined): Pick<KyselyConfig, 'log'> {
  return listener === undefined
    ? {}
    : { log: ({ query, queryDurationMillis }) => listener(query.sql, query.parameters, queryDurationMillis) }
}
