import { precondition } from './preconditioning.ts'
import { expectShape, type Tensor } from './tensor.ts'

/** Noise level put on given frames (cosmos-transfer1, DEFAULT_AUGMENT_SIGMA). */
export const GIVEN_SIGMA = 0.001

/** Latent frames that are known beforehand and held fixed while the others are sampled. */
export interface GivenFrames {
  /** [T], 1 on given latent frames, 0 elsewhere. */
  readonly frames: Float32Array
  /** [B, C, T, h, w] clean latent; only the given frames are read. */
  readonly latent: Tensor
  /** [B, C, T, h, w] standard normal noise, scaled by GIVEN_SIGMA. */
  readonly noise: Tensor
}

/**
 * The state with its given frames replaced by (z + s_a n) c_in(s_a) / c_in(sigma), so that the network sees them clean at every noise level
 * (cosmos-transfer1, model_v2w.py). At noise levels up to s_a nothing is replaced.
 *
 * @param shape [B, C, T, h, w]
 * @returns a new array
 */
export function insertGiven(
  state: Float32Array,
  shape: readonly number[],
  given: GivenFrames,
  sigma: number,
  sigmaData: number,
): Float32Array {
  expectShape(given.latent, shape, 'latent of the given frames')
  expectShape(given.noise, shape, 'noise of the given frames')
  const result = Float32Array.from(state)
  if (GIVEN_SIGMA >= sigma) return result
  const factor = precondition(GIVEN_SIGMA, sigmaData).in / precondition(sigma, sigmaData).in
  const { data: latent } = given.latent
  const { data: noise } = given.noise
  forEachGiven(shape, given, (i) => {
    result[i] = (latent[i] + GIVEN_SIGMA * noise[i]) * factor
  })
  return result
}

/** Puts the clean latent of the given frames into a prediction, in place. */
export function restoreGiven(x0: Float32Array, shape: readonly number[], given: GivenFrames): void {
  forEachGiven(shape, given, (i) => {
    x0[i] = given.latent.data[i]!
  })
}

function forEachGiven(shape: readonly number[], given: GivenFrames, visit: (index: number) => void): void {
  const [batch = 1, channels = 1, frames = 1, height = 1, width = 1] = shape
  const plane = height * width
  for (let slab = 0; slab < batch * channels; slab++)
    for (let t = 0; t < frames; t++) {
      if (given.frames[t] !== 1) continue
      const start = (slab * frames + t) * plane
      for (let i = start; i < start + plane; i++) visit(i)
    }
}
