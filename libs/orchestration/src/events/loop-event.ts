import type { Failure, RunOutcome } from '@virga/catalog'
import type { Stage } from '@virga/contracts'
import type { ErrorCode } from '@virga/errors'

/** W3C trace context, as headers of a record carry it. */
export interface Trace {
  readonly traceparent?: string
  readonly tracestate?: string
}

export type LoopName = 'worker' | 'sweeper' | 'relay' | 'requests'

interface OfTask {
  /** `{augmentation}/{key}`. */
  readonly task: string
  readonly stage: Stage
  readonly tenant: string
  /** Where the request came from, so that its trace goes on here. */
  readonly trace?: Trace
}

/** What loops tell of themselves: plain facts that a platform turns into metrics, spans and log lines. */
export type LoopEvent =
  /** A turn of a loop, idle ones too: it is alive. */
  | { readonly kind: 'beat'; readonly loop: LoopName }
  /** Something that passes by itself, or a defect; the loop goes on after the wait. */
  | { readonly kind: 'trouble'; readonly loop: LoopName; readonly error: unknown; readonly waitMs: number }
  | ({ readonly kind: 'claimed'; readonly failures: number } & OfTask)
  /** A try has ended. `failure` is the reason that the work gave, where it gave one. */
  | ({ readonly kind: 'ended'; readonly outcome: RunOutcome; readonly seconds: number; readonly failure?: Failure } & OfTask)
  /** Leases that had run out, as a sweep found them. */
  | { readonly kind: 'expired'; readonly count: number }
  /** Notes that were published; `oldestMs`: age of the oldest one by this machine's clock. */
  | { readonly kind: 'relayed'; readonly count: number; readonly oldestMs: number }
  /** A record of a request topic that was dealt with. */
  | { readonly kind: 'request'; readonly outcome: 'created' | 'existing' | 'dead'; readonly tenant?: string; readonly trace?: Trace }
  /** A task or record that was given up. */
  | { readonly kind: 'dead-letter'; readonly reason: ErrorCode; readonly message: string; readonly tenant?: string }

export type OnEvent = (event: LoopEvent) => void
