export type { ConsumeOptions, Consumption, MessageBus, ReceivedRecord } from './ports/message-bus.ts'
export {
  type AdmissionLimits,
  type AdmissionPorts,
  admit,
  type Admitted,
  type AugmentationSpec,
  type KnownScenario,
} from './admission/admit.ts'
export type { LocalFiles, ScenarioFiles, ScenarioSource } from './scenarios/source.ts'
export { type BundleShelf, bundleShelf } from './tasks/bundle-shelf.ts'
export type { TaskHost } from './tasks/host.ts'
export { performTask, type TaskContext } from './tasks/perform-task.ts'
