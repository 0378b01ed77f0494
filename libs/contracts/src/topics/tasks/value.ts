import { z } from 'zod'

/** The kinds of work, in the order in which an augmentation needs them. Evaluate has its topic, but nothing takes its tasks yet. */
export const stages = ['inspect', 'render', 'generate', 'publish', 'evaluate'] as const
export type Stage = (typeof stages)[number]

/**
 * A claim check: there is work. What is to be done stands in the catalog, where the worker claims it; a record that comes twice or too
 * late finds nothing to claim and does no harm. Unknown fields are ignored, since writers are updated before readers or after them.
 */
export const taskValue = z.object({
  schema: z.literal('virga.task/1'),
  /** `augmentations/{augmentation}/tasks/{task}`. */
  task: z.string().regex(/^augmentations\/[^/]{1,63}\/tasks\/[^/]{1,255}$/, 'augmentations/{augmentation}/tasks/{task}'),
  stage: z.enum(stages),
  tenant: z.string().min(1).max(63),
  priority: z.enum(['bulk', 'normal', 'interactive']),
  /** Failures of the task so far. */
  failures: z.int().nonnegative(),
})

export type TaskValue = z.infer<typeof taskValue>
