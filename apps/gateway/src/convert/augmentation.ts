import type { Augmentation as Stored, AugmentationState, TaskState } from '@virga/catalog'
import {
  type Augmentation,
  Augmentation_State,
  AugmentationSchema,
  fromJson,
  type Augmentation_TaskCounts,
  timestampFromMs,
} from '@virga/contracts'
import type { AugmentationSpec } from '@virga/orchestration'
import { etagOf } from '../etag.ts'
import { failureMessage, priorityMessage } from './common.ts'

const states: Readonly<Record<AugmentationState, Augmentation_State>> = {
  queued: Augmentation_State.QUEUED,
  running: Augmentation_State.RUNNING,
  succeeded: Augmentation_State.SUCCEEDED,
  failed: Augmentation_State.FAILED,
  cancelling: Augmentation_State.CANCELLING,
  cancelled: Augmentation_State.CANCELLED,
}

/** What was asked for, as a message. */
export function specMessage(id: string, spec: unknown): Augmentation {
  const message = fromJson(AugmentationSchema, spec as AugmentationSpec, { ignoreUnknownFields: true })
  message.name = `augmentations/${id}`
  return message
}

export function augmentationMessage(stored: Stored): Augmentation {
  const message = specMessage(stored.id, stored.spec)
  const { failure, createdAt, startedAt, endedAt, deadlineAt, revision } = stored
  message.scenario = `scenarios/${stored.scenario}`
  message.labels = { ...stored.labels }
  message.priority = priorityMessage[stored.priority]
  message.state = states[stored.state]
  if (failure !== undefined) message.failure = failureMessage(failure)
  message.taskCounts = countsMessage(stored.taskCounts)
  message.createTime = timestampFromMs(createdAt)
  if (startedAt !== undefined) message.startTime = timestampFromMs(startedAt)
  if (endedAt !== undefined) message.endTime = timestampFromMs(endedAt)
  if (deadlineAt !== undefined) message.deadlineTime = timestampFromMs(deadlineAt)
  message.revision = BigInt(revision)
  message.etag = etagOf(revision)
  return message
}

function countsMessage(counts: Readonly<Record<TaskState, number>>): Augmentation_TaskCounts {
  const { blocked, delayed, ready, running, done, dead, cancelled } = counts
  return { $typeName: 'virga.v1.Augmentation.TaskCounts', waiting: blocked + delayed, ready, running, done, dead, cancelled }
}
