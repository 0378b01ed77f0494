/** Standard deviation of the data that the networks are trained for. */
export const SIGMA_DATA = 0.5

/** What turns the network's F into a prediction of the clean data: x0 = skip x + out F(in x, noise). */
export interface Preconditioning {
  readonly skip: number
  readonly out: number
  readonly in: number
  /** The network's timestep: ln(sigma) / 4, without a factor of 1000. */
  readonly noise: number
}

/** EDM preconditioning at noise level `sigma` (Karras et al. 2022, table 1, "ours"). */
export function precondition(sigma: number, sigmaData: number = SIGMA_DATA): Preconditioning {
  const total = sigma * sigma + sigmaData * sigmaData
  const root = Math.sqrt(total)
  return { skip: (sigmaData * sigmaData) / total, out: (sigma * sigmaData) / root, in: 1 / root, noise: Math.log(sigma) / 4 }
}
