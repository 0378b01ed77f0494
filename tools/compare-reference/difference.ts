import type { RgbImage } from '@virga/scenario'

export interface Difference {
  /** Levels, over the three channels of all pixels that count. */
  readonly meanAbsolute: number
  /** Share of the pixels that count whose largest channel difference is above 16 levels. */
  readonly over: number
  /** The same among those brighter than 16 levels in either picture. */
  readonly overOfLit: number
  readonly lit: number
}

const levels = 16

/** @param masked 1 for pixels that do not count */
export function compare(a: RgbImage, b: RgbImage, masked?: Uint8Array): Difference {
  let sum = 0
  let counted = 0
  let over = 0
  let lit = 0
  for (let p = 0; p < a.width * a.height; p += 1) {
    if (masked?.[p] === 1) continue
    counted += 1
    let largest = 0
    let brightest = 0
    for (let i = p * 3; i < p * 3 + 3; i += 1) {
      const difference = Math.abs(a.data[i] - b.data[i])
      sum += difference
      largest = Math.max(largest, difference)
      brightest = Math.max(brightest, a.data[i], b.data[i])
    }
    if (largest > levels) over += 1
    if (brightest > levels) lit += 1
  }
  return { meanAbsolute: sum / (3 * Math.max(counted, 1)), over: over / Math.max(counted, 1), overOfLit: over / Math.max(lit, 1), lit }
}
