import type { Stage, TaskValue } from './value.ts'

export const taskExample = (stage: Stage): TaskValue => ({
  schema: 'virga.task/1',
  task: `augmentations/winter-7/tasks/${stage}.front`,
  stage,
  tenant: 'simulation',
  priority: 'bulk',
  failures: 0,
})
