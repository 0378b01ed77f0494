import { VirgaError } from '@virga/errors'
import { type Condition, filterError } from './parse-filter.ts'

type Change<Query> = (query: Query, condition: Condition) => Query

/** What may be filtered by, each with what a condition on it makes of the query. A name that ends in "." stands for all that begins so. */
export type FilterFields<Query> = Readonly<Record<string, Change<Query>>>

/** @throws VirgaError VIRGA_USAGE for a field that cannot be filtered by, and what the field throws */
export function applyConditions<Query>(conditions: readonly Condition[], fields: FilterFields<Query>, empty: Query): Query {
  return conditions.reduce((query, condition) => {
    const own = Object.keys(fields).find((name) => (name.endsWith('.') ? condition.field.startsWith(name) : condition.field === name))
    if (own === undefined) throw filterError(place('no list can be filtered by', condition), listOf(Object.keys(fields)))
    return fields[own](query, condition)
  }, empty)
}

const listOf = (names: readonly string[]): string => names.map((name) => (name.endsWith('.') ? `${name}KEY` : name)).join(', ')

const place = (what: string, { field, position }: Condition): string => `${what} ${field} (position ${position} of the filter)`

/** The value of a field that can only be compared for equality. */
export function equalTo(condition: Condition): string {
  if (condition.comparator !== '=') throw filterError(place(`no "${condition.comparator}" for`, condition), 'only =')
  return condition.value
}

/** The same field may be asked for once only: two values would never hold together. */
export function once(before: string | undefined, condition: Condition): string {
  const value = equalTo(condition)
  if (before !== undefined && before !== value)
    throw filterError(place('a second value for', condition), `one value; ${before} came before`)
  return value
}

/**
 * Narrows states by = and !=. The names are those of the API, with or without the prefix of the enum: `RUNNING`, `STATE_RUNNING`.
 *
 * @returns possibly none, when the conditions contradict each other
 */
export function narrow<Name extends string>(
  before: readonly Name[] | undefined,
  all: readonly Name[],
  condition: Condition,
): readonly Name[] {
  const wanted = condition.value.replace(/^(STATE|STAGE)_/, '')
  const named = all.find((name) => name.toUpperCase() === wanted)
  const expected = all.map((name) => name.toUpperCase()).join(', ')
  if (named === undefined) throw filterError(place(`no ${condition.value} in`, condition), expected)
  if (condition.comparator !== '=' && condition.comparator !== '!=')
    throw filterError(place(`no "${condition.comparator}" for`, condition), '= or !=')
  return (before ?? all).filter((name) => (name === named) === (condition.comparator === '='))
}

export interface Window {
  readonly createdFrom?: number
  readonly createdBefore?: number
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/

/** Narrows the time of creation; times are kept in milliseconds, so finer parts are cut off. */
export function narrowWindow(window: Window, condition: Condition): Window {
  const ms = rfc3339.test(condition.value) ? Date.parse(condition.value.toUpperCase()) : NaN
  if (Number.isNaN(ms))
    throw filterError(place(`"${condition.value}" is no time for`, condition), 'RFC 3339, such as "2026-11-23T14:00:00Z"')
  const from = (value: number) => ({ ...window, createdFrom: Math.max(value, window.createdFrom ?? -Infinity) })
  const before = (of: Window, value: number) => ({ ...of, createdBefore: Math.min(value, window.createdBefore ?? Infinity) })
  switch (condition.comparator) {
    case '>':
      return from(ms + 1)
    case '>=':
      return from(ms)
    case '<':
      return before(window, ms)
    case '<=':
      return before(window, ms + 1)
    case '=':
      return before(from(ms), ms + 1)
    case '!=':
      throw filterError(place('no "!=" for', condition), '=, <, <=, > or >=')
  }
}

/**
 * Reads `order_by` of the lists that can be ordered by time.
 *
 * @returns false for "create_time", true for "create_time desc" and for nothing
 * @throws VirgaError VIRGA_USAGE
 */
export function newestFirst(orderBy: string): boolean {
  const asked = orderBy.trim().replace(/\s+/g, ' ')
  if (asked === 'create_time') return false
  if (asked === '' || asked === 'create_time desc') return true
  throw new VirgaError('VIRGA_USAGE', `no order by ${asked}`, { field: 'order_by', expected: '"create_time" or "create_time desc"' })
}
