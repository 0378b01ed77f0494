export type { ConsumeOptions, Consumption, MessageBus, ReceivedRecord } from './ports/message-bus.ts'
