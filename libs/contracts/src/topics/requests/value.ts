import { z } from 'zod'

const shortText = z.string().min(1).max(255)
const promptText = z.string().max(4096)
const resourceId = z.string().regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, '1 to 63 characters a-z, 0-9 and "-", beginning with a letter')
const reference = (collection: string) =>
  z.string().regex(new RegExp(`^${collection}/[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`), `${collection}/ and an id`)
/** google.protobuf.Duration in JSON. */
const duration = z.string().regex(/^\d{1,9}(\.\d{1,9})?s$/, 'seconds such as "3600s" or "0.5s"')

const variant = z
  .strictObject({
    variantId: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, '1 to 63 characters a-z, 0-9 and "-"')
      .optional(),
    look: z.strictObject({ weather: shortText, lighting: shortText }).optional(),
    preset: reference('presets').optional(),
    seed: z.int().nonnegative().max(0xffffffff).optional(),
    prompt: promptText.optional(),
    negativePrompt: promptText.optional(),
  })
  .refine((value) => (value.look === undefined) !== (value.preset === undefined), 'either a look or a preset')

/** What may be asked for: the JSON form of `virga.v1.Augmentation`, without what only the server sets. */
export const augmentationRequest = z.strictObject({
  scenario: reference('scenarios'),
  cameras: z.array(shortText).min(1).max(64),
  variants: z.array(variant).min(1).max(256),
  bundle: reference('bundles').optional(),
  generation: z
    .strictObject({
      frames: z.int().positive().max(1_000_000).optional(),
      startOffset: duration.optional(),
      steps: z.int().nonnegative().max(1000).optional(),
      guidance: z.number().nonnegative().max(1000).optional(),
      controlMap: z.string().max(32_768).optional(),
    })
    .optional(),
  priority: z.enum(['PRIORITY_BULK', 'PRIORITY_NORMAL', 'PRIORITY_INTERACTIVE']).optional(),
  timeout: duration.optional(),
  labels: z
    .record(z.string().regex(/^[a-z0-9_-]{1,63}$/), z.string().max(255))
    .refine((labels) => Object.keys(labels).length <= 64, 'at most 64 labels')
    .optional(),
})

/** One augmentation asked for. Unknown fields are refused: a misspelt option must not silently become its default. */
export const requestValue = z.strictObject({
  schema: z.literal('virga.request/1'),
  /** A UUID, and the record's key. The same one with the same content is the same augmentation, however often it comes. */
  requestId: z.uuid(),
  /** Who pays; who may write for whom is up to the broker's access lists. */
  tenant: shortText.regex(/^[a-z0-9-]{1,63}$/, '1 to 63 characters a-z, 0-9 and "-"'),
  augmentationId: resourceId.optional(),
  augmentation: augmentationRequest,
})

export type RequestValue = z.infer<typeof requestValue>
