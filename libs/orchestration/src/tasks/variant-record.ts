import { type BlobStore, type PublishedCamera, type PublishedVariant, type PublishedVideo, variantManifest } from '@virga/augmentation'
import type { Variant } from '@virga/catalog'
import { VirgaError } from '@virga/errors'
import { z } from 'zod'
import { variantKey } from './keys.ts'
import type { CameraWork } from './on-camera.ts'
import { type PlannedVariant, readJson } from './plan.ts'

const size = { width: z.int().positive(), height: z.int().positive() }

/** What the catalog holds of a variant beside its files. Sizes in pixels. */
export const variantAttributes = z.object({
  variant: z.string(),
  look: z.object({ weather: z.string(), lighting: z.string() }),
  seed: z.int().nonnegative(),
  ...size,
  frames: z.int().positive(),
  /** Per second. */
  frameRate: z.number().positive(),
  /** Of its camera: where its files lie below the root of the whole result, and what was published of it. */
  folder: z.string(),
  source: z.object(size).optional(),
  conditions: z.array(z.object({ control: z.string(), detail: z.string(), ...size })),
})

export type VariantAttributes = z.infer<typeof variantAttributes>

/** A variant as the catalog keeps it: its own files, and those of its camera. */
export function variantRecord({ plan, camera, rendered, files }: CameraWork, planned: PlannedVariant, made: PublishedVariant): Variant {
  const own = `${planned.id}/`
  const { source, conditions } = rendered.published
  const attributes: VariantAttributes = {
    variant: planned.id,
    look: planned.look,
    seed: planned.seed,
    width: made.width,
    height: made.height,
    frames: plan.frames,
    frameRate: plan.fps,
    folder: rendered.setting.folder,
    ...(source === undefined ? {} : { source: { width: source.width, height: source.height } }),
    conditions: conditions.map(({ control, detail, width, height }) => ({ control, detail, width, height })),
  }
  return { key: variantKey(plan, camera, planned.id), camera, attributes, files: renamed(files(), own) }
}

/** The published camera of variants that are in the catalog, as the overview takes it. @throws VirgaError VIRGA_BAD_INPUT */
export async function publishedCamera(store: BlobStore, camera: string, records: readonly Variant[]): Promise<PublishedCamera> {
  const variants: PublishedVariant[] = []
  let shared: Omit<PublishedCamera, 'variants'> = { camera, conditions: [] }
  for (const record of records) {
    const attributes = variantAttributes.parse(record.attributes)
    const { variant, width, height, folder, source, conditions } = attributes
    const manifest = variantManifest.parse(await readJson(store, fileOf(record, 'manifest.json')))
    const published = (path: string, place: string, shown: { width: number; height: number }): PublishedVideo => {
      const { sha256, size: bytes } = fileOf(record, path)
      return { file: `${folder}/${place}`, sha256, bytes, width: shown.width, height: shown.height }
    }
    variants.push({
      ...published('video.mp4', `${variant}/video.mp4`, { width, height }),
      name: variant,
      manifestFile: `${folder}/${variant}/manifest.json`,
      manifest,
    })
    shared = {
      camera,
      ...(source === undefined ? {} : { source: published('source.mp4', 'source.mp4', source) }),
      conditions: conditions.map(({ control, detail, ...shown }) => {
        const path = `conditions/${control}.mp4`
        return { ...published(path, path, shown), control, detail }
      }),
    }
  }
  return { ...shared, variants }
}

function fileOf({ key, files }: Variant, path: string) {
  const ref = files[path]
  if (ref === undefined) throw new VirgaError('VIRGA_BAD_INPUT', `variant ${key} has no ${path}`, { record: key, field: 'files' })
  return ref
}

function renamed<Value>(files: Record<string, Value>, prefix: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(files).map(([path, ref]) => [path.startsWith(prefix) ? path.slice(prefix.length) : path, ref]))
}
