import type { Augmentation, AugmentationCatalog, AugmentationState, TaskDetails } from '@virga/catalog'
import { isVirgaError, VirgaError } from '@virga/errors'
import { backOffMs, pause } from '../loops/patience.ts'
import type { ChangeFeed } from './change-feed.ts'

/** What is new about an augmentation. */
export type AugmentationChange =
  { readonly kind: 'augmentation'; readonly augmentation: Augmentation } | { readonly kind: 'task'; readonly task: TaskDetails }

export interface WatchOptions {
  readonly tenant: string
  readonly id: string
  /** The last revision that the caller has seen; 0 (the default): the first change is the state now. */
  readonly afterRevision?: number
  readonly signal?: AbortSignal
  /** Longest wait between looks; default 1 s. */
  readonly pollMs?: number
}

/** Shortest wait between two looks at the tasks, for each thousand of them. */
const tasksEveryMs = 500
const pageSize = 1000
/** Looks in a row at a catalog that is away: half a minute or more. */
const mostFailures = 10

/**
 * Follows an augmentation up to its final state, which is always the last change. Changes that follow each other closely are folded into
 * one. A look costs one row and the count of tasks; tasks are listed when that has changed.
 *
 * @param ports feed: wakes the watch at once instead of at the next look
 * @throws VirgaError VIRGA_NOT_FOUND when there is none or it was removed, VIRGA_UNAVAILABLE when the catalog stays away, VIRGA_CANCELLED when
 *   the signal fires
 */
export async function* watchAugmentation(
  { augmentations, feed }: { readonly augmentations: AugmentationCatalog; readonly feed?: ChangeFeed },
  { tenant, id, afterRevision = 0, signal = new AbortController().signal, pollMs = 1000 }: WatchOptions,
): AsyncGenerator<AugmentationChange, void, void> {
  const tasks = new Map<string, string>()
  let told = ''
  let tasksFrom = 0
  for (let failures = 0; ;) {
    if (signal.aborted) throw new VirgaError('VIRGA_CANCELLED', 'the watch was cancelled', { record: id })
    try {
      // Asked for before the look: a change between the two is not slept over.
      const wake = feed?.changed(id, pollMs, signal) ?? pause(pollMs, signal)
      const found = await augmentations.get(tenant, id)
      if (found === undefined) throw new VirgaError('VIRGA_NOT_FOUND', `no augmentation ${id}`, { field: 'name' })
      const now = JSON.stringify([found.revision, found.state, found.taskCounts])
      if (now !== told) {
        const first = told === ''
        for await (const task of changedTasks(augmentations, id, tasks)) if (!first) yield { kind: 'task', task }
        if (!first || found.revision > afterRevision) yield { kind: 'augmentation', augmentation: found }
        told = now
        const count = Object.values(found.taskCounts).reduce((sum, some) => sum + some, 0)
        tasksFrom = Date.now() + tasksEveryMs * Math.max(count / pageSize, 0.1)
      }
      if (isFinal(found.state)) return
      failures = 0
      await wake
      if (Date.now() < tasksFrom) await pause(tasksFrom - Date.now(), signal)
    } catch (error) {
      if (!isVirgaError(error) || error.code !== 'VIRGA_UNAVAILABLE' || ++failures > mostFailures) throw error
      await pause(backOffMs(failures), signal)
    }
  }
}

/** Tasks whose state or count of failures is not the one that is noted; notes it. */
async function* changedTasks(
  augmentations: AugmentationCatalog,
  augmentation: string,
  seen: Map<string, string>,
): AsyncGenerator<TaskDetails> {
  for (let after: string | undefined; ;) {
    const page = await augmentations.tasks({ augmentation, size: pageSize, ...(after === undefined ? {} : { after }) })
    for (const task of page.items) {
      const state = `${task.state} ${task.failures}`
      if (seen.get(task.id) === state) continue
      seen.set(task.id, state)
      yield task
    }
    if (page.next === undefined) return
    after = page.next
  }
}

const isFinal = (state: AugmentationState): boolean => state === 'succeeded' || state === 'failed' || state === 'cancelled'
