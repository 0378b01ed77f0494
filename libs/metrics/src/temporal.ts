import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'
import { requireSameSize } from './pair.ts'

export interface TemporalScore {
  /** Mean absolute difference between consecutive frames, in 8-bit levels. Holds motion as well: compare with the source's own. */
  readonly flicker: number
  /**
   * The same at the edges between latent frames, over that between all others: 1 where the model leaves no trace of its latent grid.
   * NaN where there are no such frames, or nothing changes between the others.
   */
  readonly latentEdgeJump: number
  /** Mean absolute difference of each step, frames 0 to 1 first. */
  readonly steps: readonly number[]
}

/** Scores a video frame by frame, keeping only the last one. */
export interface TemporalMeter {
  push(frame: RgbImage): void
  score(): TemporalScore
}

/**
 * Measures how a video changes over time. A causal tokenizer keeps the first frame in a latent of its own and `temporal` frames in
 * each further one, so its edges lie between frames `temporal` * k and `temporal` * k + 1.
 *
 * @param temporal frames a latent holds; 8 for Cosmos-Tokenize1-CV8x8x8 and the mini bundle
 */
export function createTemporalMeter(temporal = 8): TemporalMeter {
  if (!Number.isInteger(temporal) || temporal < 2) {
    throw new VirgaError('VIRGA_USAGE', `${temporal} frames a latent`, { field: 'temporal', expected: 'an integer from 2' })
  }
  let last: RgbImage | undefined
  const steps: number[] = []
  return {
    push(frame) {
      if (last !== undefined) steps.push(meanAbsoluteDifference(last, frame))
      last = frame
    },
    score() {
      const edges = steps.filter((_, i) => i % temporal === 0)
      const others = steps.filter((_, i) => i % temporal !== 0)
      return { flicker: mean(steps), latentEdgeJump: mean(edges) / mean(others), steps: [...steps] }
    },
  }
}

/** Flicker of a video over that of the video it should equal: under 1 blurred or frozen, over 1 noisy. */
export function flickerRatio(video: TemporalScore, truth: TemporalScore): number {
  return video.flicker / truth.flicker
}

/** Latent-edge jump of a video over that of the video it should equal: 1 where it pulses no more than the truth moves. */
export function latentEdgeRatio(video: TemporalScore, truth: TemporalScore): number {
  return video.latentEdgeJump / truth.latentEdgeJump
}

function meanAbsoluteDifference(a: RgbImage, b: RgbImage): number {
  requireSameSize(a, b)
  let sum = 0
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i] - b.data[i])
  return sum / a.data.length
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
