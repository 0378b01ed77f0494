import type { EventValue } from './value.ts'

const common = { schema: 'virga.event/1', tenant: 'simulation', augmentation: 'augmentations/winter-7' } as const

export const eventExamples: readonly EventValue[] = [
  { ...common, revision: 1, kind: 'augmentation', state: 'queued' },
  {
    ...common,
    revision: 7,
    kind: 'task',
    task: 'augmentations/winter-7/tasks/generate.front.blizzard',
    stage: 'generate',
    state: 'delayed',
    failure: { reason: 'VIRGA_DEVICE', message: 'the graphics device was lost', retryable: true },
  },
  { ...common, revision: 12, kind: 'variant', variant: 'augmentations/winter-7/variants/front.blizzard', state: 'finished' },
]
