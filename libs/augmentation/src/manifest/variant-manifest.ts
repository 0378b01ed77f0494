import { z } from 'zod'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const size = { width: z.int().positive(), height: z.int().positive() }

/** The schema that this version writes. A change that old readers would misread gets a new number. */
export const variantManifestSchema = 'virga.variant/1'

/**
 * `manifest.json` beside a variant's video: where it came from and everything that made it. It holds nothing that differs between two
 * runs with the same inputs (no wall-clock times, no folders of this machine), so it can be compared byte by byte.
 */
export const variantManifest = z.object({
  schema: z.literal(variantManifestSchema),
  /** Machine-readable mark, with the IPTC term for how the picture came about. */
  ai_generated: z.literal(true),
  digital_source_type: z.url(),
  generator: z.object({ name: z.literal('virga'), version: z.string() }),
  scenario: z.object({
    id: z.string(),
    format: z.string(),
    /** What the source states; null when it states nothing. */
    licence: z.string().nullable(),
    /** SHA-256 over the source's files (path, content), or over what the drive was simulated from. */
    digest: sha256,
    files: z.int().nonnegative().optional(),
    bytes: z.int().nonnegative().optional(),
    simulation: z.object({ seed: z.int(), seconds: z.number(), fps: z.number(), version: z.string() }).optional(),
    missing: z.array(z.object({ part: z.string(), detail: z.string() })),
  }),
  camera: z.object({
    name: z.string(),
    model: z.string(),
    ...size,
    /** The window of the camera's image that the video shows, in the camera's own pixels. */
    view: z.object({ x: z.int(), y: z.int(), ...size }),
    hasVideo: z.boolean(),
    /** How frames of the video's rate come from the camera's own: the image nearest in time, none blended; or rendered for each frame. */
    sampling: z.enum(['nearest-image-in-time', 'rendered-at-frame-times']).nullable(),
  }),
  variant: z.object({ name: z.string(), weather: z.string(), lighting: z.string(), surface: z.string() }),
  prompt: z.string(),
  seed: z.int(),
  steps: z.int(),
  guidance: z.number(),
  /** The first noise level. */
  sigmaMax: z.number(),
  solver: z.string().optional(),
  /** 1: from noise alone; less: from what it begins from, with that much of the way to noise. */
  strength: z.number().optional(),
  /** What the network's part is a change of: the camera video relit, the labels painted, the prior of the controls, or nothing. */
  begins: z.enum(['relight', 'paint', 'prior', 'none']).optional(),
  /** SHA-256 of the file of a first frame that was given. */
  firstFrame: sha256.optional(),
  /** By control: how it was made, its weight (with a control map the mean one; 0: shown beside the video but not read by the model) and its digests. */
  conditions: z.record(
    z.string(),
    z.object({
      style: z.string().optional(),
      preset: z.string().optional(),
      weight: z.number(),
      readByModel: z.boolean(),
      /** The frames that the model read, .npy in a Zstandard stream. */
      framesSha256: sha256,
      video: z.object({ file: z.string(), sha256, ...size }),
    }),
  ),
  /** Weights per control, frame and pixel: the document with all that it extends, and what came of it. */
  controlMap: z
    .object({
      /** Over the document and the files that it names. */
      digest: sha256,
      document: z.record(z.string(), z.unknown()),
      files: z.record(z.string(), sha256),
      /** float32 [N, H, W] a frame, .npy in Zstandard streams, controls in the order of `weights`. */
      framesSha256: z.array(sha256),
      weights: z.record(z.string(), z.object({ min: z.number(), mean: z.number(), max: z.number() })),
      notes: z.array(z.string()),
    })
    .optional(),
  bundle: z.object({ name: z.string(), version: z.string(), digest: sha256, licence: z.string() }),
  execution: z.object({ provider: z.string(), precision: z.literal('float32'), threads: z.int() }),
  rendering: z.object({ version: z.string(), adapter: z.object({ kind: z.string(), name: z.string(), driver: z.string() }) }),
  /** Which part of a pixel comes from where, and what may be relied on. */
  composition: z.object({
    mode: z.enum(['relit-source-with-generated-change', 'painted-layout-with-generated-change', 'generated']),
    promise: z.enum(['structure-of-the-source-pixels', 'layout-only']),
    /** The function that made the frames that the network began from; null where there was none. */
    relight: z.object({ look: z.string(), mode: z.string().optional(), uses: z.array(z.string()) }).nullable(),
    /** Options of the transfer of the generated change onto them; null where the generated frames are the video. */
    detail: z.record(z.string(), z.unknown()).nullable(),
    description: z.string(),
  }),
  video: z.object({
    file: z.literal('video.mp4'),
    sha256,
    bytes: z.int(),
    ...size,
    fps: z.number(),
    frames: z.int(),
    codec: z.string(),
    pixelFormat: z.string(),
    /** Source time of the first and last frame, integer microseconds. */
    startUs: z.int(),
    endUs: z.int(),
  }),
  /** Not built yet in this version; stated so that nobody takes silence for a pass. */
  guardrail: z.literal('not-run'),
  verdict: z.literal('not-evaluated'),
  /** Keys of the stages that made it. */
  stages: z.record(z.string(), sha256),
})

export type VariantManifest = z.infer<typeof variantManifest>

/** IPTC digital source types: https://cv.iptc.org/newscodes/digitalsourcetype/ */
export const digitalSourceTypes = {
  composite: 'http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia',
  generated: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
} as const

/** The manifest as it is written: checked against the schema, two spaces, a line end. */
export function manifestText(manifest: VariantManifest): string {
  return `${JSON.stringify(variantManifest.parse(manifest), null, 2)}\n`
}
