import { Random } from '../random.ts'
import { type Look, lookName, looks } from '../weather/looks.ts'

export const setWidth = 320
export const setHeight = 176
export const setFps = 24

export type Split = 'train' | 'val' | 'test'

/** One scene of the training set: a seed, its length and its looks; the first look is always the source, clear-day. */
export interface ScenePlan {
  readonly split: Split
  readonly seed: number
  readonly frames: number
  readonly looks: readonly Look[]
}

export interface SetOptions {
  readonly train: number
  readonly val: number
  readonly test: number
  /** 8 m + 1 */
  readonly frames: number
  /** Looks of a training or validation scene besides the source. */
  readonly looks: number
}

export const sourceLook: Look = { weather: 'clear', lighting: 'day' }

/** First seed of each split: far apart, so that a set can grow without a scene changing sides. */
export const firstSeed: Record<Split, number> = { train: 0, val: 800_000, test: 900_000 }

/**
 * Which scenes make the set. Looks go round a shuffled list of the 19 that are not the source, so that all are covered equally; test scenes
 * have all 20. Every 8th training scene is about twice as long as `frames`, every 40th 121 frames.
 */
export function planSet(options: SetOptions): ScenePlan[] {
  const source = lookName(sourceLook)
  const others = new Random(20, 'looks').shuffled(looks.filter((look) => lookName(look) !== source))
  const scenes = (split: Split, count: number): ScenePlan[] =>
    Array.from({ length: count }, (_, i) => {
      const chosen =
        split === 'test'
          ? others
          : Array.from({ length: Math.min(options.looks, others.length) }, (_, k) => others[(i * options.looks + k) % others.length])
      const frames =
        split !== 'train'
          ? options.frames
          : i % 40 === 39
            ? Math.max(121, options.frames)
            : i % 8 === 7
              ? 2 * options.frames - 1
              : options.frames
      return { split, seed: firstSeed[split] + i, frames, looks: [sourceLook, ...chosen] }
    })
  return [
    ...scenes('test', Math.min(1, options.test)),
    ...scenes('val', Math.min(2, options.val)),
    ...scenes('train', options.train),
    ...scenes('val', options.val),
    ...scenes('test', options.test),
  ]
}
