import { VirgaError } from '@virga/errors'
import type { TaskSpec } from './types.ts'

/** Most tasks that one call may make. */
export const largestGraph = 100_000

/**
 * Checks that specs are a graph without cycles whose needs all exist, in time linear in tasks and edges.
 *
 * @throws VirgaError VIRGA_BAD_INPUT naming the task and what is wrong with it
 */
export function checkTaskGraph(specs: readonly TaskSpec[]): void {
  const refuse = (record: string, message: string, expected: string): never => {
    throw new VirgaError('VIRGA_BAD_INPUT', message, { record, field: 'tasks', expected })
  }
  if (specs.length > largestGraph) refuse('tasks', `${specs.length} tasks at once`, `at most ${largestGraph}`)
  const byKey = new Map(specs.map((spec) => [spec.key, spec]))
  if (byKey.size !== specs.length) refuse('tasks', 'two tasks have the same key', 'each key once')
  const left = new Map<string, number>()
  const dependents = new Map<string, string[]>()
  for (const { key, needs = [] } of specs) {
    if (!/^[A-Za-z0-9._-]{1,200}$/.test(key)) refuse(key.slice(0, 200), 'no key for a task', 'letters, digits, ".", "_", "-"; at most 200')
    if (new Set(needs).size !== needs.length) refuse(key, 'a task is needed twice', 'each need once')
    for (const need of needs) {
      if (!byKey.has(need)) refuse(key, `needs ${need}, which is not made here`, 'keys of tasks made in the same call')
      const known = dependents.get(need)
      if (known === undefined) dependents.set(need, [key])
      else known.push(key)
    }
    left.set(key, needs.length)
  }
  const free = specs.filter(({ needs = [] }) => needs.length === 0).map(({ key }) => key)
  for (let i = 0; i < free.length; i++) {
    for (const key of dependents.get(free[i]) ?? []) {
      const rest = (left.get(key) as number) - 1
      left.set(key, rest)
      if (rest === 0) free.push(key)
    }
  }
  const stuck = specs.find(({ key }) => (left.get(key) as number) > 0)
  if (stuck !== undefined) refuse(stuck.key, 'needs itself, by way of others', 'a graph without cycles')
}
