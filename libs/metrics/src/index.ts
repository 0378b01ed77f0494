export { meanSquaredError, psnr } from './psnr.ts'
export { ssim } from './ssim.ts'
export { createTemporalMeter, flickerRatio, type TemporalMeter, type TemporalScore } from './temporal.ts'
