import { deadLettersTopic } from './dead-letters/index.ts'
import { eventsTopic } from './events/index.ts'
import { requestsRetryTopic } from './requests-retry/index.ts'
import { requestsTopic } from './requests/index.ts'
import { taskTopics } from './tasks/index.ts'

/** What `virga topics apply` has to make. */
export interface TopicSettings {
  readonly name: string
  readonly purpose: string
  readonly partitions: number
  readonly retentionMs: number
}

/** Every topic there is. */
export const allTopics: readonly TopicSettings[] = [
  requestsTopic,
  requestsRetryTopic,
  ...Object.values(taskTopics),
  eventsTopic,
  deadLettersTopic,
]

export { type Decoded, decodeRecord, encodeRecord, type IncomingRecord, type OutgoingRecord } from './codec.ts'
export { type DeadLetter as DeadLetterHeaders, deadLetterHeaders, deadLetterIn, deadLettersTopic } from './dead-letters/index.ts'
export { type Envelope, headerText, type HeaderValue, traceIn } from './envelope.ts'
export { eventsTopic, type EventValue } from './events/index.ts'
export { requestsRetryTopic, retryHeaders, type RetryInfo, retryInfoIn } from './requests-retry/index.ts'
export { augmentationRequest, requestsTopic, type RequestValue } from './requests/index.ts'
export { type Stage, stages, taskTopics, type TaskValue } from './tasks/index.ts'
export { largestRecordBytes, type Topic } from './topic.ts'
