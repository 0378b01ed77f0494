export { type InProcessBusOptions, openInProcessBus } from './in-process-bus.ts'
