import { dayMs, type Topic } from '../topic.ts'
import { eventExamples } from './examples.ts'
import { type EventValue, eventValue } from './value.ts'

/** Key: the augmentation's name. */
export const eventsTopic: Topic<EventValue> = {
  name: 'virga.events.v1',
  purpose: 'Every change of state of augmentations, tasks and variants, for outsiders and for watching clients.',
  type: 'virga.event',
  schema: 'virga.event/1',
  value: eventValue,
  keyOf: (value) => value.augmentation,
  partitions: 12,
  retentionMs: 7 * dayMs,
  examples: eventExamples,
}

export { type EventValue, eventValue } from './value.ts'
