export { defaultRetryPolicy, type Failure, failureOf, retryDelayMs, type RetryPolicy } from './failure.ts'
export type {
  AugmentationCatalog,
  Catalog,
  ClaimedTask,
  ClaimRequest,
  CreateOutcome,
  DeadLetter,
  DeadLetters,
  Lease,
  Note,
  Outbox,
  OutboxEntry,
  PageRequest,
  Sweeper,
  SweepReport,
  TaskResult,
  WorkQueue,
} from './ports.ts'
export { runClaimed, type RunOptions, type RunOutcome } from './run-claimed.ts'
export { checkTaskGraph, largestGraph } from './task-graph.ts'
export type {
  Attempt,
  AttemptOutcome,
  Augmentation,
  AugmentationState,
  BlobRef,
  NewAugmentation,
  Page,
  Priority,
  StoredVariant,
  Task,
  TaskDetails,
  TaskSpec,
  TaskState,
  Variant,
} from './types.ts'
