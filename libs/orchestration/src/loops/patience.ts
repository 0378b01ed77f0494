import { setTimeout as sleep } from 'node:timers/promises'
import type { LoopName, OnEvent } from '../events/loop-event.ts'

const firstWaitMs = 100
const longestWaitMs = 10_000

/** Resolves after so many milliseconds, or at once when the signal fires. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}

/** A fifth more or less, so that those who began together do not stay together. */
export const jittered = (ms: number): number => ms * (0.8 + 0.4 * Math.random())

/** Back-off that doubles up to ten seconds, between half of the bound and all of it. @param failures in a row, 1 and above */
export function backOffMs(failures: number): number {
  const bound = Math.min(firstWaitMs * 2 ** Math.min(failures - 1, 20), longestWaitMs)
  return Math.round((bound * (1 + Math.random())) / 2)
}

export interface Patience {
  readonly loop: LoopName
  readonly signal: AbortSignal
  readonly onEvent?: OnEvent
}

/**
 * Runs a turn again and again until the signal fires. A turn that fails, because the database or the broker is away or by a defect, is told
 * of and tried again after a back-off: a loop does not end by itself.
 *
 * @param turn gives the milliseconds to wait before the next turn
 */
export async function keepTurning({ loop, signal, onEvent }: Patience, turn: () => Promise<number>): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    try {
      const waitMs = await turn()
      failures = 0
      onEvent?.({ kind: 'beat', loop })
      if (waitMs > 0) await pause(waitMs, signal)
    } catch (error) {
      if (signal.aborted) return
      const waitMs = backOffMs(++failures)
      onEvent?.({ kind: 'trouble', loop, error, waitMs })
      await pause(waitMs, signal)
    }
  }
}

/**
 * Does something that has to succeed, trying again with back-off; undefined when the signal fired first.
 */
export async function untilDone<Result>({ loop, signal, onEvent }: Patience, work: () => Promise<Result>): Promise<Result | undefined> {
  for (let failures = 0; !signal.aborted;) {
    try {
      return await work()
    } catch (error) {
      const waitMs = backOffMs(++failures)
      onEvent?.({ kind: 'trouble', loop, error, waitMs })
      await pause(waitMs, signal)
    }
  }
  return undefined
}
