import { setTimeout as sleep } from 'node:timers/promises'
import { retryClassOf } from '@virga/errors'
import type { Part, PartContext } from './part.ts'

export interface PartState {
  readonly name: string
  /** waiting: for the backends or the end of a back-off. */
  readonly state: 'running' | 'waiting' | 'ended'
  /** Why it is not running. */
  readonly failure?: string
  /** Milliseconds since the last sign of life; undefined: it gives none. */
  readonly beatAgeMs?: number
}

export interface RunningPart {
  state(): PartState
  /** Resolves when the part has ended because it was told to; rejects with what trying again does not mend. */
  readonly ended: Promise<void>
}

export interface RunPartOptions {
  readonly part: Part
  /** Makes what the part is given; `beat` is called with each sign of life. */
  readonly context: (beat: () => void) => PartContext
  readonly onFailure: (error: unknown, waitMs: number) => void
}

const firstWaitMs = 500
const longestWaitMs = 30_000
/** A part that ran for so long before it failed begins with the shortest wait again. */
const healthyMs = 60_000

/** Runs a part until its signal; one that fails is started again after a back-off that doubles, with jitter. */
export function runPart({ part, context, onFailure }: RunPartOptions): RunningPart {
  let state: PartState['state'] = 'waiting'
  let failure: string | undefined
  let lastBeat: number | undefined
  const given = context(() => (lastBeat = performance.now()))
  const run = async (): Promise<void> => {
    for (let waitMs = firstWaitMs; !given.signal.aborted;) {
      state = 'running'
      const begun = performance.now()
      try {
        await part.run(given)
        if (given.signal.aborted) break
        throw new Error(`${part.name} ended without being told to`)
      } catch (error) {
        if (given.signal.aborted) break
        if (retryClassOf(error) === 'never') throw error
        state = 'waiting'
        lastBeat = undefined
        failure = error instanceof Error ? error.message : String(error)
        if (performance.now() - begun > healthyMs) waitMs = firstWaitMs
        onFailure(error, waitMs)
        await sleep(waitMs * (0.5 + Math.random() / 2), undefined, { signal: given.signal }).catch(() => undefined)
        waitMs = Math.min(waitMs * 2, longestWaitMs)
      }
    }
  }
  const ended = run().finally(() => (state = 'ended'))
  return {
    ended,
    state: () => ({
      name: part.name,
      state,
      ...(state === 'waiting' && failure !== undefined ? { failure } : {}),
      ...(lastBeat === undefined ? {} : { beatAgeMs: Math.round(performance.now() - lastBeat) }),
    }),
  }
}
