export type { ConsumeOptions, Consumption, MessageBus, ReceivedRecord } from './ports/message-bus.ts'
export {
  type AdmissionLimits,
  type AdmissionPorts,
  admit,
  type Admitted,
  type AugmentationSpec,
  type KnownScenario,
} from './admission/admit.ts'
export { registerScenario, registerUpload, type RegistryPorts } from './scenarios/register.ts'
export { scenarioFiles, type ScenarioFilesOptions } from './scenarios/scenario-files.ts'
export type { LocalFiles, ScenarioFiles, ScenarioSource } from './scenarios/source.ts'
export type { ObjectReader } from './scenarios/take-objects.ts'
export { parseScenarioUri, type ScenarioOrigin } from './scenarios/uri.ts'
export { type BundleShelf, bundleShelf } from './tasks/bundle-shelf.ts'
export { findPreset, type Preset, presets } from './presets/presets.ts'
export { finishedVariants } from './tasks/finished-variants.ts'
export type { TaskHost } from './tasks/host.ts'
export { type Inspection, type Plan, readPlan } from './tasks/plan.ts'
export { type VariantAttributes, variantAttributes } from './tasks/variant-record.ts'
export { performTask, type TaskContext } from './tasks/perform-task.ts'
export { type ChangeFeed, openChangeFeed } from './events/change-feed.ts'
export type { LoopEvent, LoopName, OnEvent, Trace } from './events/loop-event.ts'
export { type AugmentationChange, watchAugmentation, type WatchOptions } from './events/watch-augmentation.ts'
export { type RelayOptions, runRelay } from './loops/run-relay.ts'
export { runSweeper, type SweeperOptions } from './loops/run-sweeper.ts'
export { type Perform, type PerformContext, runWorker, type WorkerOptions } from './loops/run-worker.ts'
export {
  type Caller,
  checkAugmentation,
  createAugmentation,
  type Creation,
  type CreationPorts,
  type CreationRequest,
} from './requests/create-augmentation.ts'
export { redriveDeadLetter } from './requests/redrive.ts'
export { type RequestsOptions, runRequests } from './requests/run-requests.ts'
