import { edgeControl, visControl } from '@virga/conditions'
import {
  type Confusion,
  createConfusionMeter,
  createTemporalMeter,
  flickerRatio,
  latentEdgeRatio,
  type MaskMatch,
  matchMasks,
  noMatch,
  psnr,
  siRmse,
  ssim,
  type TemporalScore,
} from '@virga/metrics'
import type { RgbImage } from '@virga/scenario'
import type { Judges, NamedLook } from './judges.ts'

/** A drive in one look as the simulator draws it. */
export interface Truth {
  readonly frames: readonly RgbImage[]
  /** Judged class per pixel of each frame. */
  readonly classes: readonly Uint8Array[]
  /** Metres per pixel of each frame, 0 = sky. */
  readonly depth: readonly Float32Array[]
}

/** Likeness of a video to the truth of its look. */
export interface Likeness {
  /** Mean over frames of the frame's PSNR, dB; an equal frame counts as 60. */
  readonly psnr: number
  /** Mean over every `judgedEvery`-th frame. */
  readonly ssim: number
  readonly flicker: number
  readonly jump: number
}

/** What the judges see in a video. */
export interface Seen {
  readonly look: NamedLook
  /** Judged classes of the video against the drive's true ones. */
  readonly confusion: Confusion
  readonly siRmse: number
}

/** Every so many frames one is shown to the scene judge and measured by SSIM; five are shown to the look judge. */
export const judgedEvery = 4
const lookFrames = 5
/** dB of an equal frame. */
const perfect = 60
/** Of the truth to itself. */
export const equal: Likeness = { psnr: perfect, ssim: 1, flicker: 1, jump: 1 }
/** Metres; as the judge was trained. */
const farthest = 120

export function temporal(frames: readonly RgbImage[]): TemporalScore {
  const meter = createTemporalMeter()
  for (const frame of frames) meter.push(frame)
  return meter.score()
}

export function likeness(video: readonly RgbImage[], truth: Truth, truthScore = temporal(truth.frames)): Likeness {
  const own = temporal(video)
  return {
    psnr: mean(truth.frames.map((frame, i) => Math.min(psnr(video[i], frame), perfect))),
    ssim: mean(truth.frames.flatMap((frame, i) => (i % judgedEvery === 0 ? [ssim(video[i], frame)] : []))),
    flicker: flickerRatio(own, truthScore),
    jump: latentEdgeRatio(own, truthScore),
  }
}

export async function seen(judges: Judges, video: readonly RgbImage[], truth: Truth): Promise<Seen> {
  const meter = createConfusionMeter(judges.report.classes.length)
  const errors: number[] = []
  for (let i = 0; i < video.length; i += judgedEvery) {
    const { classes, logDepth } = await judges.scene(video[i])
    meter.push(classes, truth.classes[i])
    errors.push(siRmse(logDepth, truth.depth[i], { farthest }))
  }
  const some = Array.from({ length: lookFrames }, (_, i) => video[Math.round((i * (video.length - 1)) / (lookFrames - 1))])
  return { look: await judges.look(some), confusion: meter.result(), siRmse: mean(errors) }
}

/** The Cosmos-Transfer1 paper's figures per control, of the whole picture or of a region. */
export interface ControlFigures {
  readonly blurSsim: number
  readonly edge: MaskMatch
  readonly siRmse: number
  /** At the pixels that the LiDAR condition shows. */
  readonly lidarSiRmse: number
  readonly confusion: Confusion
}

/** The paper's figures of a video against the truth of its look, at every `judgedEvery`-th frame. */
export async function controlFigures(
  judges: Judges,
  video: readonly RgbImage[],
  truth: Truth,
  options: { readonly lidar?: readonly RgbImage[]; readonly region?: readonly Uint8Array[] } = {},
): Promise<ControlFigures> {
  const meter = createConfusionMeter(judges.report.classes.length)
  const [blurred, errors, atPoints]: number[][] = [[], [], []]
  let edge = noMatch
  for (let i = 0; i < video.length; i += judgedEvery) {
    const region = options.region?.[i]
    const { classes, logDepth } = await judges.scene(video[i])
    meter.push(classes, truth.classes[i], region)
    blurred.push(ssim(visControl(video[i], 'low'), visControl(truth.frames[i], 'low'), region))
    edge = matchMasks(edge, edgesOf(video[i]), edgesOf(truth.frames[i]), region)
    errors.push(siRmse(logDepth, truth.depth[i], { farthest, ...(region === undefined ? {} : { mask: region }) }))
    const lit = options.lidar === undefined ? undefined : litPixels(options.lidar[i], region)
    if (lit !== undefined) atPoints.push(siRmse(logDepth, truth.depth[i], { farthest, mask: lit }))
  }
  return { blurSsim: mean(blurred), edge, siRmse: mean(errors), lidarSiRmse: mean(atPoints), confusion: meter.result() }
}

/** Canny at the preset with the lowest thresholds: a soft picture has few strong edges. */
function edgesOf(image: RgbImage): Uint8Array {
  const { data } = edgeControl(image, 'very_low')
  return Uint8Array.from({ length: data.length / 3 }, (_, i) => data[3 * i])
}

function litPixels({ data }: RgbImage, region: Uint8Array | undefined): Uint8Array {
  return Uint8Array.from({ length: data.length / 3 }, (_, i) =>
    data[3 * i] + data[3 * i + 1] + data[3 * i + 2] > 0 && (region === undefined || region[i] > 0) ? 1 : 0,
  )
}

/** Mean of the numbers that are any; NaN of none. */
export function mean(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value))
  return known.reduce((sum, value) => sum + value, 0) / known.length
}
