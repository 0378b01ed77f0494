import type { StyleName } from '../corpus/scene.ts'

export interface Limit {
  /** Most pixels off by more than 16 levels, of all and of those that are not black in either picture. */
  readonly share: number
  readonly litShare: number
  /** Most pixels that a shift by one pixel does not explain. */
  readonly strange: number
  /** Largest mean absolute difference, levels. */
  readonly mean: number
}

/**
 * What each style may be off from the reference in one picture. hdmap-v1 is drawn in whole numbers and lidar-v1 on a software adapter in float64: both are
 * equal but for a tie now and then (a hardware adapter adds lidar-v1 in float32). World-scenario-v3 is sampled by the adapter: samples on an
 * edge, and box edges that lie in their own face, fall to either side by float32 rounding.
 */
export const limits: Record<StyleName, Limit> = {
  'hdmap-v1': { share: 0.0001, litShare: 0.001, strange: 10, mean: 0.01 },
  'lidar-v1': { share: 0.0005, litShare: 0.005, strange: 40, mean: 0.05 },
  'world-scenario-v3': { share: 0.003, litShare: 0.03, strange: 400, mean: 0.3 },
  'world-scenario-v3-t25': { share: 0.003, litShare: 0.03, strange: 400, mean: 0.3 },
}
