export { defaultRetryPolicy, type Failure, failureOf, retryDelayMs, type RetryPolicy } from './failure.ts'
export type {
  AugmentationCatalog,
  AugmentationQuery,
  Catalog,
  ClaimedTask,
  ClaimRequest,
  CreateOutcome,
  DeadLetter,
  DeadLetters,
  KeptBlobs,
  Lease,
  Note,
  Outbox,
  OutboxEntry,
  PageRequest,
  Sweeper,
  SweepReport,
  TaskQuery,
  TaskResult,
  VariantQuery,
  WorkQueue,
} from './ports.ts'
export { augmentationFilter, newestFirst, scenarioFilter, taskFilter, variantFilter } from './filter/index.ts'
export { runClaimed, type RunOptions, type RunOutcome } from './run-claimed.ts'
export type {
  CreateScenarioOutcome,
  NewScenario,
  Scenario,
  ScenarioCamera,
  ScenarioCatalog,
  ScenarioFindings,
  ScenarioQuery,
  ScenarioState,
} from './scenarios.ts'
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
  TraceContext,
  Variant,
} from './types.ts'
