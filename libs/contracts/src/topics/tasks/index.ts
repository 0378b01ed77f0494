import { dayMs, type Topic } from '../topic.ts'
import { taskExample } from './examples.ts'
import { type Stage, stages, type TaskValue, taskValue } from './value.ts'

/** The number of workers of a stage that can wait for records at once. */
const partitions: Readonly<Record<Stage, number>> = { inspect: 12, render: 24, generate: 48, publish: 12, evaluate: 24 }

const topicOf = (stage: Stage): Topic<TaskValue> => ({
  name: `virga.tasks.${stage}.v1`,
  purpose: `The orchestrator says that there is work; ${workers[stage]}.`,
  type: 'virga.task.ready',
  schema: 'virga.task/1',
  value: taskValue.refine((value) => value.stage === stage, { path: ['stage'], message: stage }),
  keyOf: (value) => value.task,
  partitions: partitions[stage],
  retentionMs: dayMs,
  examples: [taskExample(stage)],
})

const workers: Readonly<Record<Stage, string>> = {
  inspect: 'the orchestrator takes it',
  render: 'renderers take it',
  generate: 'generators take it',
  publish: 'the orchestrator takes it',
  evaluate: 'reserved for evaluators',
}

/** One topic a stage. Key: the task's name. */
export const taskTopics = Object.fromEntries(stages.map((stage) => [stage, topicOf(stage)])) as Readonly<Record<Stage, Topic<TaskValue>>>

export { type Stage, stages, type TaskValue, taskValue } from './value.ts'
