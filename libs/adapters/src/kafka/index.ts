export { openKafkaBus } from './kafka-bus.ts'
export type { KafkaConfig } from './kafka-config.ts'
export { type AppliedTopic, applyTopics, type ApplyOptions } from './topics.ts'
