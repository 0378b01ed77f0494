import { z } from 'zod'

const failure = z.object({ reason: z.string(), message: z.string(), retryable: z.boolean() })
const common = {
  schema: z.literal('virga.event/1'),
  tenant: z.string().min(1).max(63),
  /** `augmentations/{augmentation}`: the key, so that the events of one augmentation stay in order. */
  augmentation: z.string().regex(/^augmentations\/[^/]{1,63}$/, 'augmentations/{augmentation}'),
  /** Of the augmentation, by which a reader drops what it has seen: delivery is at least once, and order may break over a retry. */
  revision: z.int().nonnegative(),
}

/** A change of state that outsiders may follow. Unknown fields are ignored. */
export const eventValue = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('augmentation'),
    state: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelling', 'cancelled', 'deleted']),
    failure: failure.optional(),
  }),
  z.object({
    ...common,
    kind: z.literal('task'),
    /** `augmentations/{augmentation}/tasks/{task}`. */
    task: z.string().min(1).max(400),
    stage: z.string().min(1).max(63),
    state: z.enum(['blocked', 'ready', 'running', 'delayed', 'done', 'dead', 'cancelled']),
    failure: failure.optional(),
  }),
  z.object({
    ...common,
    kind: z.literal('variant'),
    /** `augmentations/{augmentation}/variants/{variant}`. */
    variant: z.string().min(1).max(400),
    state: z.literal('finished'),
  }),
])

export type EventValue = z.infer<typeof eventValue>
