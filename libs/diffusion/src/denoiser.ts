import { VirgaError } from '@virga/errors'
import { type GivenFrames, insertGiven, restoreGiven } from './given-frames.ts'
import { precondition, SIGMA_DATA } from './preconditioning.ts'
import type { Denoise } from './solver.ts'
import { type Tensor, tensor } from './tensor.ts'

/** Which text the network is conditioned on. */
export type Pass = 'prompt' | 'negative'

export interface NetworkInput {
  /** [B, C, T, h, w], already multiplied by c_in. */
  readonly x: Tensor
  /** c_noise = ln(sigma) / 4. */
  readonly noise: number
  readonly pass: Pass
  /** [T], 1 on latent frames that are given; undefined when none is. */
  readonly given?: Float32Array
}

/** The port to a network: text, hints and control weights are bound behind it. */
export interface Denoiser {
  /** F, of the shape of x. The result may be overwritten by the next call. */
  predict(input: NetworkInput): Promise<Tensor>
}

export interface GuidanceOptions {
  /** g in x0 = cond + g (cond - uncond): 1 + g in the usual convention. 0 skips the negative pass. */
  readonly guidance: number
  readonly sigmaData?: number
  readonly given?: GivenFrames
  /** Applied to each guided prediction, in place (the merge of patches). */
  readonly afterGuidance?: (x0: Tensor) => void
  /** Sees the two predictions before they are combined. */
  readonly onPasses?: (passes: { cond: Float32Array; uncond?: Float32Array; input: Float32Array; sigma: number }) => void
}

/**
 * The guided, preconditioned denoiser that the solver calls: EDM preconditioning around the network, given frames held fixed, and classifier-free
 * guidance on the text alone, x0 = cond + g (cond - uncond) (cosmos-transfer1, model_v2w.py and model_ctrl.py).
 *
 * @param shape [B, C, T, h, w] of the state
 */
export function guidedDenoise(denoiser: Denoiser, shape: readonly number[], options: GuidanceOptions): Denoise {
  const { guidance, given } = options
  const sigmaData = options.sigmaData ?? SIGMA_DATA
  if (!Number.isFinite(guidance) || guidance < 0)
    throw new VirgaError('VIRGA_USAGE', `guidance is ${guidance}`, { field: 'guidance', expected: 'a number of at least 0' })

  return async (state, sigma) => {
    const factors = precondition(sigma, sigmaData)
    const x = given === undefined ? state : insertGiven(state, shape, given, sigma, sigmaData)
    const scaled = tensor(
      shape,
      x.map((value) => value * factors.in),
    )
    const predict = async (pass: Pass): Promise<Float32Array> => {
      const input = { x: scaled, noise: factors.noise, pass }
      const f = await denoiser.predict(given === undefined ? input : { ...input, given: given.frames })
      const x0 = new Float32Array(x.length)
      for (let i = 0; i < x0.length; i++) x0[i] = factors.skip * x[i] + factors.out * f.data[i]
      if (given !== undefined) restoreGiven(x0, shape, given)
      return x0
    }
    const cond = await predict('prompt')
    const uncond = guidance === 0 ? undefined : await predict('negative')
    options.onPasses?.(uncond === undefined ? { cond, input: x, sigma } : { cond, uncond, input: x, sigma })
    const x0 = uncond === undefined ? cond : combine(cond, uncond, guidance)
    options.afterGuidance?.(tensor(shape, x0))
    return x0
  }
}

function combine(cond: Float32Array, uncond: Float32Array, guidance: number): Float32Array {
  const x0 = new Float32Array(cond.length)
  for (let i = 0; i < x0.length; i++) x0[i] = cond[i] + guidance * (cond[i] - uncond[i])
  return x0
}
