import { dayMs, type Topic } from '../topic.ts'
import { requestExamples } from './examples.ts'
import { type RequestValue, requestValue } from './value.ts'

/** Key: `requestId`. The CloudEvents headers may be left out here: those who write need nothing but a Kafka client. */
export const requestsTopic: Topic<RequestValue> = {
  name: 'virga.requests.v1',
  purpose: 'Outsiders ask for augmentations in bulk, one a record; the orchestrator reads them.',
  type: 'virga.request',
  schema: 'virga.request/1',
  value: requestValue,
  keyOf: (value) => value.requestId,
  partitions: 12,
  retentionMs: 7 * dayMs,
  examples: requestExamples,
}

export { augmentationRequest, type RequestValue, requestValue } from './value.ts'
