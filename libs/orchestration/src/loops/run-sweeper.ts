import type { Sweeper, SweepReport } from '@virga/catalog'
import type { OnEvent } from '../events/loop-event.ts'
import { jittered, keepTurning } from './patience.ts'

export interface SweeperOptions {
  readonly sweeper: Sweeper
  /** Default 1 s, with a jitter of a fifth either way. */
  readonly everyMs?: number
  /** Ready tasks that nobody took for so long are announced again; default 30 s. */
  readonly announceAfterMs?: number
  readonly signal: AbortSignal
  readonly onReport?: (report: SweepReport) => void
  readonly onEvent?: OnEvent
}

/** At most so many of each kind in one sweep, so that no transaction grows with what has piled up. */
const limit = 500

/** Keeps things moving until the signal fires: leases that ran out, back-offs that are over, deadlines, tasks that nobody took. */
export async function runSweeper(options: SweeperOptions): Promise<void> {
  const { sweeper, everyMs = 1000, announceAfterMs, signal, onReport, onEvent } = options
  await keepTurning({ loop: 'sweeper', signal, onEvent }, async () => {
    const report = await sweeper.sweep(announceAfterMs === undefined ? { limit } : { limit, announceAfterMs })
    onReport?.(report)
    if (report.expired > 0) onEvent?.({ kind: 'expired', count: report.expired })
    const { expired, woken, timedOut, announced } = report
    return Math.max(expired, woken, timedOut, announced) >= limit ? 0 : jittered(everyMs)
  })
}
