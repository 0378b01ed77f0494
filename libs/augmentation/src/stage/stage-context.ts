import type { BlobStore } from '../ports/blob-store.ts'
import type { Clock } from '../ports/clock.ts'
import type { Progress } from '../ports/progress.ts'

/** What every stage of a run shares: the ports, the way to stop, and room for unfinished files. */
export interface StageContext {
  readonly store: BlobStore
  readonly clock: Clock
  readonly progress: Progress
  readonly signal?: AbortSignal
  /** A path for an unfinished file that no other call or process uses; the host removes what is left there. */
  scratch(suffix: string): string
}
