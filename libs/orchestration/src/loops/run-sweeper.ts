import type { Sweeper, SweepReport } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import type { OnEvent } from '../events/loop-event.ts'

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

/** Keeps things moving until the signal fires: leases that ran out, back-offs that are over, deadlines, tasks that nobody took. */
export function runSweeper(options: SweeperOptions): Promise<void> {
  return Promise.reject(new VirgaError('VIRGA_INTERNAL', `not there yet ${String(options.everyMs)}`))
}
