import { TEMPORAL } from './clips.ts'
import { type ControlWeights, resolveControlWeights, sliceWeights, tokenWeights } from './control-weights.ts'
import { type Extents, resizeTrilinear } from './trilinear.ts'

/** Weights of several controls over a whole video, handed out clip by clip. */
export interface ClipWeights {
  /** Whether a control has weight on any pixel of any frame. */
  isActive(control: number): boolean
  /**
   * Weights of `count` frames from `first` on, the video's last frame repeated beyond its end, on the clip's tokens.
   *
   * @param grid token frames, rows and columns
   * @returns per control one number, or [grid] flat
   */
  tokens(first: number, count: number, grid: Extents): Promise<readonly (number | Float32Array)[]>
}

/** Weights that are in memory as a whole. */
export function heldWeights(weights: ControlWeights): ClipWeights {
  return {
    isActive: (control) => (weights.kind === 'scalar' ? weights.weights[control] > 0 : weights.maps[control].some((weight) => weight > 0)),
    tokens: async (first, count, grid) => {
      const slice = sliceWeights(weights, first, count)
      return slice.kind === 'scalar' ? slice.weights : slice.maps.map((map) => tokenWeights(map, slice.extents, grid))
    },
  }
}

/** Weights that are read frame by frame: maps as asked for, neither clamped nor divided by their sum yet. */
export interface WeightFrames {
  /** Frames of the video, height and width of a plane. */
  readonly extents: Extents
  isActive(control: number): boolean
  /** One plane per control, [height, width] flat, for `count` frames from `first` on, all within the video. */
  read(first: number, count: number): AsyncIterable<readonly Float32Array[]>
}

/**
 * Weights that are read when a clip needs them; two frames per control are held at a time. The same numbers as `tokenWeights` over the whole
 * map: a token of 8 frames is the mean of the middle two, so that the others are not looked at.
 */
export function readWeights(source: WeightFrames): ClipWeights {
  const [frames, height, width] = source.extents
  return {
    isActive: (control) => source.isActive(control),
    tokens: async (first, count, grid) => {
      const [, rows, columns] = grid
      const tokens: Float32Array[] = []
      const add = (planes: readonly (readonly Float32Array[])[], at: number): void => {
        const depth = planes.length
        const entries = planes[0].map((_, control) => ({
          frames: depth,
          height,
          width,
          data: joined(planes.map((frame) => frame[control])),
        }))
        const resolved = resolveControlWeights(entries, [depth, height, width])
        if (resolved.kind !== 'map') return
        resolved.maps.forEach((map, control) => {
          tokens[control] ??= new Float32Array(grid[0] * rows * columns)
          tokens[control].set(resizeTrilinear(map, [depth, height, width], [1, rows, columns]), at * rows * columns)
        })
      }
      let before: readonly Float32Array[] | undefined
      const take = (planes: readonly Float32Array[], i: number): void => {
        const [group, place] = [Math.floor((i - 1) / TEMPORAL), (i - 1) % TEMPORAL]
        if (i === 0) add([planes], 0)
        else if (place === TEMPORAL / 2 - 1) before = planes
        else if (place === TEMPORAL / 2 && before !== undefined) add([before, planes], group + 1)
      }
      let [i, last] = [0, undefined as readonly Float32Array[] | undefined]
      for await (const planes of source.read(Math.min(first, frames - 1), Math.max(1, Math.min(count, frames - first)))) {
        take(planes, i++)
        last = planes
      }
      for (; i < count && last !== undefined; i++) take(last, i)
      return tokens
    },
  }
}

function joined(planes: readonly Float32Array[]): Float32Array {
  if (planes.length === 1) return planes[0]
  const result = new Float32Array(planes.length * planes[0].length)
  planes.forEach((plane, i) => result.set(plane, i * plane.length))
  return result
}
