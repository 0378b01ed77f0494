import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Tensor, tensor } from '@virga/diffusion'
import { VirgaError } from '@virga/errors'
import { type Graph, openGraph, sha256OfFile } from '@virga/models'
import { type RgbImage, segClasses } from '@virga/scenario'
import { z } from 'zod'

const share = z.number()
const reportSchema = z.object({
  schema: z.literal('virga.judges/1'),
  trainedOn: z.looseObject({ simulation: z.number(), scenes: z.number(), videos: z.number(), coreMinutes: z.number() }),
  size: z.tuple([z.number(), z.number()]),
  classes: z.array(z.string()),
  weathers: z.array(z.string()),
  lightings: z.array(z.string()),
  heldOut: z.looseObject({
    videos: z.number(),
    accuracy: z.object({ weather: share, lighting: share, look: share, lookOfOneFrame: share }),
    iou: z.record(z.string(), share),
    depthSiRmse: z.number(),
  }),
  files: z.record(z.string(), z.object({ file: z.string(), bytes: z.number(), sha256: z.string() })),
})
export type JudgesReport = z.infer<typeof reportSchema>

export interface NamedLook {
  readonly weather: string
  readonly lighting: string
}

/** What the scene judge sees in a frame. */
export interface JudgedScene {
  /** Index into the judges' classes per pixel. */
  readonly classes: Uint8Array
  /** ln of metres per pixel. */
  readonly logDepth: Float32Array
}

/** Two small networks, trained on simulator frames of other drives, that say what a frame shows. */
export interface Judges {
  readonly report: JudgesReport
  /** Names the exact networks. */
  readonly digest: string
  /** Weather and light of a video, by the mean logits of some of its frames. */
  look(frames: readonly RgbImage[]): Promise<NamedLook>
  scene(frame: RgbImage): Promise<JudgedScene>
  /** A simulator class id as the judges count it. */
  readonly judged: Uint8Array
  release(): Promise<void>
}

/** @throws VirgaError VIRGA_BAD_BUNDLE, VIRGA_DIGEST_MISMATCH for files that are missing or not those of judges.json */
export async function openJudges(folder: string, threads: number): Promise<Judges> {
  const path = join(folder, 'judges.json')
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new VirgaError('VIRGA_BAD_BUNDLE', 'no judges', { file: path, expected: 'judges.json with look.onnx and scene.onnx' }, { cause })
  })
  const report = reportSchema.parse(JSON.parse(text))
  const open = async (name: string): Promise<Graph> => {
    const { file, sha256 } = report.files[name]
    const found = await sha256OfFile(join(folder, file))
    if (found !== sha256) throw new VirgaError('VIRGA_DIGEST_MISMATCH', `sha256 ${found}`, { file: join(folder, file), expected: sha256 })
    return openGraph(name, join(folder, file), { threads, providers: ['cpu'] })
  }
  const [looks, scenes] = [await open('look'), await open('scene')]
  const { classes, weathers, lightings } = report
  return {
    report,
    digest: createHash('sha256').update(text).digest('hex'),
    judged: Uint8Array.from(segClasses, (name) => Math.max(classes.indexOf(name), 0)),
    look: async (frames) => {
      const { weather, lighting } = await looks.run({ rgb: pictures(frames) })
      return { weather: weathers[strongest(weather)], lighting: lightings[strongest(lighting)] }
    },
    scene: async (frame) => {
      const out = await scenes.run({ rgb: pictures([frame]) })
      return { classes: argmaxPlanes(out.classes), logDepth: out.log_depth.data }
    },
    release: async () => {
      await looks.release()
      await scenes.release()
    },
  }
}

/** [N, 3, H, W] in 0..1 */
function pictures(frames: readonly RgbImage[]): Tensor {
  const [{ width, height }] = frames
  const plane = width * height
  const out = tensor([frames.length, 3, height, width])
  frames.forEach(({ data }, n) => {
    for (let c = 0; c < 3; c++) for (let i = 0; i < plane; i++) out.data[(3 * n + c) * plane + i] = data[3 * i + c] / 255
  })
  return out
}

/** Index of the largest mean logit over the frames of [N, K]. */
function strongest({ data, shape }: Tensor): number {
  const [frames, names] = shape
  const sums = Array.from({ length: names }, (_, k) =>
    Array.from({ length: frames }, (_, n) => data[n * names + k]).reduce((a, b) => a + b, 0),
  )
  return sums.indexOf(Math.max(...sums))
}

/** Per pixel the index of the largest of K planes [1, K, H, W]. */
function argmaxPlanes({ data, shape }: Tensor): Uint8Array {
  const [, names, height, width] = shape
  const plane = width * height
  const best = new Uint8Array(plane)
  for (let i = 0; i < plane; i++) {
    for (let k = 1, at = data[i]; k < names; k++) {
      if (data[k * plane + i] <= at) continue
      at = data[k * plane + i]
      best[i] = k
    }
  }
  return best
}
