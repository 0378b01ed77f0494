import type { StyleName } from '../corpus/scene.ts'

export interface Limit {
  /** Most pixels off by more than 16 levels, of all and of those that are not black in either picture. */
  readonly share: number
  readonly litShare: number
  /** Largest mean absolute difference, levels. */
  readonly mean: number
}

/** What each style may be off from the reference in one picture. */
export const limits: Record<StyleName, Limit> = {
  'hdmap-v1': { share: 0.001, litShare: 0.02, mean: 0.1 },
  'lidar-v1': { share: 0.01, litShare: 0.02, mean: 1 },
  'world-scenario-v3': { share: 0.005, litShare: 0.03, mean: 0.3 },
  'world-scenario-v3-t25': { share: 0.005, litShare: 0.03, mean: 0.3 },
}
