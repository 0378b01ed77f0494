import { VirgaError } from '@virga/errors'

/** A frame rate as a fraction in lowest terms. */
export interface FrameRate {
  readonly num: number
  readonly den: number
}

/**
 * The exact fraction meant by frames per second given as a number: whole thousandths (24, 12.5, 29.97 taken as 30000/1001, as
 * 23.976 and 59.94 are).
 *
 * @throws VirgaError VIRGA_USAGE outside 0.01..1000
 */
export function frameRate(fps: number): FrameRate {
  if (!(fps >= 0.01 && fps <= 1000)) throw new VirgaError('VIRGA_USAGE', `frame rate ${fps}`, { field: 'fps', expected: '0.01 to 1000' })
  const ntsc = (fps * 1001) / 1000
  const whole = Math.round(ntsc)
  if (whole > 0 && !Number.isInteger(fps) && Math.abs(ntsc - whole) < 1e-3 * whole) {
    // 23.976 and 29.97 are shorthand; anything else within a thousandth of them is rarely meant otherwise.
    if ([24, 30, 48, 60, 120].includes(whole)) return reduce(whole * 1000, 1001)
  }
  return reduce(Math.round(fps * 1000), 1000)
}

function reduce(num: number, den: number): FrameRate {
  let [a, b] = [num, den]
  while (b !== 0) [a, b] = [b, a % b]
  return { num: num / a, den: den / a }
}
