import type { Attempt, AttemptOutcome, TaskDetails, TaskState } from '@virga/catalog'
import { create, type Stage, type Task, Task_Attempt_Outcome, Task_Stage, Task_State, TaskSchema, timestampFromMs } from '@virga/contracts'
import { blobMessage, failureMessage, priorityMessage } from './common.ts'

const states: Readonly<Record<TaskState, Task_State>> = {
  blocked: Task_State.BLOCKED,
  ready: Task_State.READY,
  running: Task_State.RUNNING,
  delayed: Task_State.DELAYED,
  done: Task_State.DONE,
  dead: Task_State.DEAD,
  cancelled: Task_State.CANCELLED,
}
const stages: Readonly<Record<Stage, Task_Stage>> = {
  inspect: Task_Stage.INSPECT,
  render: Task_Stage.RENDER,
  generate: Task_Stage.GENERATE,
  publish: Task_Stage.PUBLISH,
  evaluate: Task_Stage.EVALUATE,
}
const outcomes: Readonly<Record<AttemptOutcome, Task_Attempt_Outcome>> = {
  running: Task_Attempt_Outcome.RUNNING,
  done: Task_Attempt_Outcome.DONE,
  failed: Task_Attempt_Outcome.FAILED,
  expired: Task_Attempt_Outcome.EXPIRED,
  released: Task_Attempt_Outcome.RELEASED,
  cancelled: Task_Attempt_Outcome.CANCELLED,
}

export const taskName = (augmentation: string, key: string): string => `augmentations/${augmentation}/tasks/${key}`

export function taskMessage(task: TaskDetails): Task {
  const { augmentation, key, failure, leaseUntil, retryAt } = task
  return create(TaskSchema, {
    name: taskName(augmentation, key),
    stage: stages[task.stage],
    state: states[task.state],
    priority: priorityMessage[task.priority],
    needs: task.needs.map((need) => taskName(augmentation, need)),
    attempts: task.attempts.map(attemptMessage),
    failureCount: task.failures,
    maxFailures: task.maxFailures,
    outputs: Object.fromEntries(Object.entries(task.outputs).map(([name, ref]) => [name, blobMessage(ref)])),
    createTime: timestampFromMs(task.createdAt),
    updateTime: timestampFromMs(task.updatedAt),
    ...(failure === undefined ? {} : { failure: failureMessage(failure) }),
    ...(leaseUntil === undefined ? {} : { leaseExpireTime: timestampFromMs(leaseUntil) }),
    ...(retryAt === undefined ? {} : { retryTime: timestampFromMs(retryAt) }),
  })
}

function attemptMessage({ fence, worker, startedAt, endedAt, outcome, failure }: Attempt) {
  return {
    fence: BigInt(fence),
    worker,
    startTime: timestampFromMs(startedAt),
    outcome: outcomes[outcome],
    ...(endedAt === undefined ? {} : { endTime: timestampFromMs(endedAt) }),
    ...(failure === undefined ? {} : { failure: failureMessage(failure) }),
  }
}
