import { extname } from 'node:path'
import type { StoredVariant } from '@virga/catalog'
import { create, timestampFromMs, type Variant, VariantSchema } from '@virga/contracts'
import { VirgaError } from '@virga/errors'
import { z } from 'zod'
import { blobMessage } from './common.ts'

/** What the tasks note of a variant. */
const attributes = z.looseObject({
  look: z.object({ weather: z.string(), lighting: z.string() }),
  seed: z.int().nonnegative(),
  width: z.int().positive(),
  height: z.int().positive(),
  frames: z.int().nonnegative(),
  frameRate: z.number().positive(),
})

const mediaTypes: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.json': 'application/json',
  '.png': 'image/png',
  '.html': 'text/html',
  '.jsonl': 'application/jsonl',
}

export const mediaTypeOf = (path: string): string => mediaTypes[extname(path)] ?? 'application/octet-stream'

export const variantName = (augmentation: string, key: string): string => `augmentations/${augmentation}/variants/${key}`

export function variantMessage(stored: StoredVariant): Variant {
  const known = attributes.safeParse(stored.attributes)
  if (!known.success) {
    throw new VirgaError('VIRGA_INTERNAL', 'the catalog holds a variant without its facts', {
      record: variantName(stored.augmentation, stored.key),
    })
  }
  const { look, seed, width, height, frames, frameRate } = known.data
  return create(VariantSchema, {
    name: variantName(stored.augmentation, stored.key),
    camera: stored.camera,
    look,
    seed,
    size: { width, height },
    frames,
    frameRate,
    aiGenerated: true,
    files: Object.entries(stored.files).map(([path, ref]) => ({ path, blob: blobMessage(ref), mediaType: mediaTypeOf(path) })),
    createTime: timestampFromMs(stored.createdAt),
  })
}
