import { VirgaError } from '@virga/errors'
import type { WeightMap } from './control-weights.ts'

/** Control weights inside and outside the foreground. */
export interface ForegroundSetting {
  readonly foreground: number
  readonly background: number
}

/**
 * The two shipped foreground presets: setting per control (cosmos-transfer1, robot_augmentation/spatial_temporal_weight.py; settings 1 and 2 of the
 * paper's robot experiments).
 */
export const foregroundPresets = {
  fg_vis_edge_bg_seg: {
    depth: { foreground: 0, background: 0 },
    vis: { foreground: 1, background: 0 },
    edge: { foreground: 1, background: 0 },
    seg: { foreground: 0, background: 1 },
  },
  fg_edge_bg_seg: {
    depth: { foreground: 0, background: 0 },
    vis: { foreground: 0, background: 0 },
    edge: { foreground: 1, background: 0 },
    seg: { foreground: 0, background: 1 },
  },
} as const satisfies Record<string, Record<string, ForegroundSetting>>

export type ForegroundPreset = keyof typeof foregroundPresets

/** A label of a segmentation video and the colour it is painted in. */
export interface LabelColour {
  readonly label: string
  readonly colour: readonly [red: number, green: number, blue: number]
}

/** An 8-bit RGB video. */
export interface SegmentationVideo {
  readonly frames: number
  readonly height: number
  readonly width: number
  /** [frames, height, width, 3] flat */
  readonly data: Uint8Array
}

/**
 * 1 where a pixel's nearest label (Euclidean distance in RGB; the first of equals) contains one of the keywords.
 *
 * @throws VirgaError VIRGA_BAD_INPUT without labels or when the video is ill-sized
 */
export function foregroundMask(video: SegmentationVideo, labels: readonly LabelColour[], keywords: readonly string[]): Uint8Array {
  const size = video.frames * video.height * video.width
  if (labels.length === 0) throw new VirgaError('VIRGA_BAD_INPUT', 'a segmentation without labels has no foreground')
  if (video.data.length !== size * 3)
    throw new VirgaError('VIRGA_BAD_INPUT', `segmentation video holds ${video.data.length} bytes`, { expected: `${size * 3}` })
  const inFront = labels.map(({ label }) => keywords.some((keyword) => label.includes(keyword)))
  const nearest = new Map<number, number>()
  const result = new Uint8Array(size)
  for (let i = 0; i < size; i++) {
    const [r, g, b] = [video.data[3 * i], video.data[3 * i + 1], video.data[3 * i + 2]]
    const key = (r << 16) | (g << 8) | b
    let value = nearest.get(key)
    if (value === undefined) {
      value = inFront[nearestLabel(r, g, b, labels)] ? 1 : 0
      nearest.set(key, value)
    }
    result[i] = value
  }
  return result
}

function nearestLabel(r: number, g: number, b: number, labels: readonly LabelColour[]): number {
  let best = 0
  let bestDistance = Infinity
  labels.forEach(({ colour }, index) => {
    const distance = (r - colour[0]) ** 2 + (g - colour[1]) ** 2 + (b - colour[2]) ** 2
    if (distance < bestDistance) {
      best = index
      bestDistance = distance
    }
  })
  return best
}

/** One weight map per control of a preset. */
export function foregroundWeights(
  settings: Readonly<Record<string, ForegroundSetting>>,
  mask: Uint8Array,
  size: Pick<SegmentationVideo, 'frames' | 'height' | 'width'>,
): Record<string, WeightMap> {
  const { frames, height, width } = size
  return Object.fromEntries(
    Object.entries(settings).map(([control, { foreground, background }]) => [
      control,
      { frames, height, width, data: Float32Array.from(mask, (value) => (value === 1 ? foreground : background)) },
    ]),
  )
}
