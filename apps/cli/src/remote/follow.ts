import type { VirgaClient } from '@virga/client'
import { type Augmentation, type Task, Task_State, timestampMs } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import type { ProgressView } from '../terminal/progress-view.ts'

/** Shows an augmentation until it has ended: a line for each task that begins and ends, and a bar of all of them. @returns its final state */
export async function follow(client: VirgaClient, name: string, view: ProgressView, signal: AbortSignal): Promise<Augmentation> {
  const shown = new Map<string, string>()
  let last: Augmentation | undefined
  let total = -1
  for await (const { change } of client.watch(name, { signal })) {
    if (change.case === 'task') showTask(change.value, shown, view)
    if (change.case !== 'augmentation') continue
    last = change.value
    const { waiting = 0, ready = 0, running = 0, done = 0, dead = 0, cancelled = 0 } = last.taskCounts ?? {}
    const all = waiting + ready + running + done + dead + cancelled
    if (all !== total) view.report({ kind: 'stage-started', stage: name, total: (total = all), unit: 'tasks' })
    view.report({ kind: 'stage-progress', stage: name, done, total })
  }
  if (last === undefined) throw new VirgaError('VIRGA_INTERNAL', `nothing was told of ${name}`)
  return last
}

function showTask(task: Task, shown: Map<string, string>, view: ProgressView): void {
  const { name, state, failure, attempts } = task
  const title = name.slice(name.indexOf('/tasks/') + '/tasks/'.length)
  const attempt = attempts.at(-1)
  const id = `${state}/${String(attempt?.fence ?? 0n)}`
  if (shown.get(name) === id) return
  shown.set(name, id)
  if (state === Task_State.RUNNING) view.message(`${title}: started`)
  if (state === Task_State.DONE) {
    const { startTime, endTime } = attempt ?? {}
    const seconds =
      startTime === undefined || endTime === undefined ? '' : ` in ${((timestampMs(endTime) - timestampMs(startTime)) / 1000).toFixed(1)} s`
    view.message(`${title}: done${seconds}`)
    view.made++
  }
  if (state === Task_State.DELAYED) view.message(`${title}: failed, is tried again: ${failure?.message ?? ''}`)
  if (state === Task_State.DEAD) view.message(`${title}: given up: ${failure?.message ?? ''}`)
}
