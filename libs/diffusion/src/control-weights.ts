import { VirgaError } from '@virga/errors'
import { type Extents, resizeTrilinear } from './trilinear.ts'

/** A weight per frame and pixel of one control; one frame stands for all frames. */
export interface WeightMap {
  readonly frames: number
  readonly height: number
  readonly width: number
  /** [frames, height, width] flat */
  readonly data: Float32Array
}

/** A control's weight as asked for: a number, a numeric string, or a map. */
export type WeightEntry = number | string | WeightMap

/** Weights ready for use, in the order of the entries: one number per control, or one map per control, [frames, height, width] flat. */
export type ControlWeights =
  | { readonly kind: 'scalar'; readonly weights: readonly number[] }
  | { readonly kind: 'map'; readonly extents: Extents; readonly maps: readonly Float32Array[] }

export interface ControlWeightOptions {
  /**
   * 'official' reads a numeric 0 beside a map as 1, as the released code does by testing a number for truth; 'zero' (Virga's own) takes it as 0.
   */
  readonly numericZero?: 'zero' | 'official'
}

const isMap = (entry: WeightEntry): entry is WeightMap => typeof entry === 'object'

/**
 * Resolves what was asked for each control: maps are stretched to the clip's frames and pixels (trilinear), clamped at 0, and wherever the sum over
 * controls exceeds 1 divided by it; with scalars alone the same rule without the clamp (cosmos-transfer1, inference_utils.py,
 * load_spatial_temporal_weights). Beside a map an empty string and "none" mean 1.
 *
 * @param extents frames, height and width of the control videos, pixels
 * @throws VirgaError VIRGA_BAD_INPUT for text that is no number, NaN, an empty or ill-sized map, and negative scalars
 */
export function resolveControlWeights(
  entries: readonly WeightEntry[],
  extents: Extents,
  options: ControlWeightOptions = {},
): ControlWeights {
  if (!entries.some(isMap)) {
    const weights = entries.map((entry, index) => scalarOf(entry as number | string, index, false, options))
    const sum = Math.max(
      1,
      weights.reduce((a, b) => a + b, 0),
    )
    return { kind: 'scalar', weights: weights.map((weight) => weight / sum) }
  }
  const size = extents[0] * extents[1] * extents[2]
  const maps = entries.map((entry, index) =>
    isMap(entry) ? stretched(entry, extents, index) : new Float32Array(size).fill(scalarOf(entry, index, true, options)),
  )
  for (let i = 0; i < size; i++) {
    let sum = 0
    for (const map of maps) {
      if (map[i] < 0) map[i] = 0
      sum += map[i]
    }
    if (sum > 1) for (const map of maps) map[i] = map[i] / sum
  }
  return { kind: 'map', extents, maps }
}

function scalarOf(entry: number | string, index: number, besideMap: boolean, options: ControlWeightOptions): number {
  const text = typeof entry === 'string' ? entry.trim() : ''
  if (besideMap && typeof entry === 'string' && (text === '' || text.toLowerCase() === 'none')) return 1
  if (besideMap && entry === 0 && options.numericZero === 'official') return 1
  const value = typeof entry === 'number' ? entry : text === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value) || value < 0)
    throw new VirgaError('VIRGA_BAD_INPUT', `control weight ${JSON.stringify(entry)} is not usable`, {
      record: `control ${index}`,
      field: 'weight',
      expected: 'a number of at least 0 or a weight map',
    })
  return value
}

function stretched(map: WeightMap, extents: Extents, index: number): Float32Array {
  const { frames, height, width, data } = map
  const place = { record: `control ${index}`, field: 'weight' }
  if (data.length === 0 || data.length !== frames * height * width)
    throw new VirgaError('VIRGA_BAD_INPUT', `weight map holds ${data.length} numbers`, {
      ...place,
      expected: `${frames} x ${height} x ${width}`,
    })
  if (data.some((value) => !Number.isFinite(value)))
    throw new VirgaError('VIRGA_BAD_INPUT', 'weight map is not finite', { ...place, expected: 'finite numbers' })
  if (frames === extents[0] && height === extents[1] && width === extents[2]) return Float32Array.from(data)
  return resizeTrilinear(data, [frames, height, width], extents)
}

/** Frames `first` to `first + count - 1` of resolved weights, the last frame repeated beyond the end. */
export function sliceWeights(weights: ControlWeights, first: number, count: number): ControlWeights {
  if (weights.kind === 'scalar') return weights
  const [frames, height, width] = weights.extents
  const plane = height * width
  const maps = weights.maps.map((map) => {
    const result = new Float32Array(count * plane)
    for (let i = 0; i < count; i++) {
      const frame = Math.min(first + i, frames - 1)
      result.set(map.subarray(frame * plane, (frame + 1) * plane), i * plane)
    }
    return result
  })
  return { kind: 'map', extents: [count, height, width], maps }
}

/**
 * Weights of one clip's tokens: the first frame to the first token frame, the other 8 (T' - 1) frames to the others, both trilinear; a map that is
 * already at the latent rate is resampled in space alone (cosmos-transfer1, inference_utils.py, resize_control_weight_map). At the usual
 * ratios this is the mean of the central 2 x 2 (x 2) values of a token's cell, so that features thinner than that can vanish.
 *
 * @param map [extents] flat
 * @param grid token frames, rows and columns
 */
export function tokenWeights(map: Float32Array, extents: Extents, grid: Extents): Float32Array {
  const [frames, height, width] = extents
  const [tokenFrames, rows, columns] = grid
  if (frames === tokenFrames) return resizeTrilinear(map, extents, grid)
  if (frames !== 1 + 8 * (tokenFrames - 1))
    throw new VirgaError('VIRGA_BAD_INPUT', `a weight map of ${frames} frames does not fit ${tokenFrames} latent frames`, {
      expected: `${1 + 8 * (tokenFrames - 1)} or ${tokenFrames} frames`,
    })
  const plane = height * width
  const result = new Float32Array(tokenFrames * rows * columns)
  result.set(resizeTrilinear(map.subarray(0, plane), [1, height, width], [1, rows, columns]))
  if (tokenFrames > 1) {
    const rest = resizeTrilinear(map.subarray(plane), [frames - 1, height, width], [tokenFrames - 1, rows, columns])
    result.set(rest, rows * columns)
  }
  return result
}
