import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { VirgaError } from '@virga/errors'
import { z } from 'zod'
import { writeWhole } from '../stage/write-whole.ts'
import { layouts } from './layout.ts'
import { tailPolicies } from './chunk-plan.ts'

/** The schema that this version writes. A change that old readers would misread gets a new number. */
export const renderManifestSchema = 'virga.render/1'
export const renderManifestName = 'manifest.json'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().nonnegative()

/** What decides the pixels of every video of a run; a run is gone on with only under the same settings. */
const settings = z.object({
  /** Names the state of the log's files (path, size, time of change). */
  source: sha256,
  renderer: z.string(),
  controls: z.array(z.string()),
  /** `digest` names the camera's lens, place and poses. */
  cameras: z.array(z.object({ name: z.string(), model: z.string(), digest: sha256, width: count, height: count })),
  /** Style by control, for controls that are drawn in one. */
  styles: z.record(z.string(), z.string()),
  /** From the camera to the picture: drawn straight at its size, or drawn at 16:9 and resized or cropped. */
  fit: z.string(),
  fps: z.number(),
  startUs: z.int(),
  frames: count,
  chunk: z.int().positive().nullable(),
  tail: z.enum(tailPolicies),
  layout: z.enum(layouts),
  encoding: z.object({ codec: z.literal('libx264'), crf: z.number(), preset: z.string(), colour: z.literal('BT.601 limited') }),
  /** Digest of the control map's document; null without one. */
  controlMap: sha256.nullable(),
  /** How a control that is not drawn is made: a preset, an algorithm, or the digest of the file that was given. */
  made: z.record(z.string(), z.string()),
})
export type RenderSettings = z.infer<typeof settings>

const output = z.object({
  camera: z.string(),
  control: z.string(),
  chunk: count,
  /** Below the output folder. */
  file: z.string(),
  width: count,
  height: count,
  /** First frame of the grid, how many of it, and how many repeats of the last one follow. */
  firstFrame: count,
  frames: z.int().positive(),
  paddedFrames: count,
  bytes: count,
  sha256,
})
export type RenderedOutput = z.infer<typeof output>

const controlMapFiles = z.object({
  camera: z.string(),
  name: z.string(),
  digest: sha256,
  /** Heat maps over the picture. */
  preview: z.string(),
  /** By control: float16 [frames, height, width], .npy in a Zstandard stream, as asked for. */
  weights: z.record(z.string(), z.object({ file: z.string(), bytes: count, sha256 })),
})

/** `manifest.json` of a folder of condition videos: everything that made them, and which of them are complete. */
export const renderManifest = z.object({
  schema: z.literal(renderManifestSchema),
  generator: z.object({ name: z.literal('virga'), version: z.string() }),
  scenario: z.object({ id: z.string(), format: z.string(), licence: z.string().nullable() }),
  settings,
  /** Frames of the grid that no chunk holds, because the tail is dropped. */
  droppedFrames: count,
  /** The graphics device that was opened, if one was: styles that need none are drawn in typed arrays on the processor. */
  adapter: z.object({ kind: z.string(), name: z.string(), driver: z.string() }).nullable(),
  outputs: z.array(output),
  controlMaps: z.array(controlMapFiles),
  /** False while the run works, and after one that did not come to its end. */
  complete: z.boolean(),
})
export type RenderManifest = z.infer<typeof renderManifest>

/** Writes the manifest in one step, so that a reader sees the old or the new one, and in the schema's order, so that equal ones are equal bytes. */
export async function writeRenderManifest(folder: string, manifest: RenderManifest): Promise<void> {
  await writeWhole(join(folder, renderManifestName), `${JSON.stringify(renderManifest.parse(manifest), null, 2)}\n`)
}

/**
 * The manifest of a run that wrote into the folder before.
 *
 * @returns undefined if there is none
 * @throws VirgaError VIRGA_BAD_INPUT when the file holds something else
 */
export async function readRenderManifest(folder: string): Promise<RenderManifest | undefined> {
  const file = join(folder, renderManifestName)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new VirgaError('VIRGA_BAD_INPUT', 'is not JSON', { file, expected: `a manifest ${renderManifestSchema}` }, { cause })
  }
  const parsed = renderManifest.safeParse(value)
  if (parsed.success) return parsed.data
  const [problem] = parsed.error.issues
  throw new VirgaError('VIRGA_BAD_INPUT', problem.message, {
    file,
    field: problem.path.join('.'),
    expected: `a manifest ${renderManifestSchema}`,
  })
}

/** The settings in which two runs differ, as `name: before, now`. */
export function differingSettings(before: RenderSettings, now: RenderSettings): string[] {
  const shown = (value: unknown): string => {
    const text = JSON.stringify(value)
    return text.length > 60 ? `${text.slice(0, 57)}...` : text
  }
  return (Object.keys(now) as (keyof RenderSettings)[])
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]))
    .map((name) => (name === 'source' ? 'the log has changed' : `${name}: ${shown(before[name])} before, ${shown(now[name])} now`))
}

/** Whether a file that a manifest names is there as it was written. */
export async function isIntact(
  folder: string,
  { file, bytes, sha256: digest }: Pick<RenderedOutput, 'file' | 'bytes' | 'sha256'>,
): Promise<boolean> {
  const path = join(folder, file)
  const facts = await stat(path).catch(() => undefined)
  return facts?.size === bytes && (await sha256Of(path)) === digest
}

/** Removes a manifest, so that an interrupted run over other files is not taken for the earlier one. */
export async function removeRenderManifest(folder: string): Promise<void> {
  await rm(join(folder, renderManifestName), { force: true })
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(part as Uint8Array)
  return hash.digest('hex')
}
