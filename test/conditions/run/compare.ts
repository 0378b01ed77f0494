import type { RgbImage } from '@virga/scenario'

/** A pixel counts as another one when a channel is off by more than so many levels. */
export const levels = 16

export interface Difference {
  /** Pixels with a channel off by more than `levels`, and by anything at all. */
  readonly pixels: number
  readonly anyLevel: number
  /** Pixels that are not black in one of the two. */
  readonly lit: number
  /** `pixels` by all pixels. */
  readonly share: number
  /** Mean absolute difference over all channels, levels. */
  readonly mean: number
  /** Largest difference, levels. */
  readonly largest: number
}

export function compare(a: RgbImage, b: RgbImage): Difference {
  if (a.width !== b.width || a.height !== b.height) throw new Error(`${a.width}x${a.height} against ${b.width}x${b.height} pixels`)
  let [pixels, anyLevel, lit, sum, largest] = [0, 0, 0, 0, 0]
  for (let i = 0; i < a.data.length; i += 3) {
    let worst = 0
    let light = 0
    for (let channel = i; channel < i + 3; channel++) {
      const off = Math.abs(a.data[channel] - b.data[channel])
      sum += off
      worst = Math.max(worst, off)
      light |= a.data[channel] | b.data[channel]
    }
    if (worst > 0) anyLevel += 1
    if (worst > levels) pixels += 1
    if (light > 0) lit += 1
    largest = Math.max(largest, worst)
  }
  return { pixels, anyLevel, lit, share: pixels / (a.width * a.height), mean: sum / a.data.length, largest }
}

/** Where two pictures differ, eight times as strong. */
export function amplifiedDifference(a: RgbImage, b: RgbImage): RgbImage {
  const data = a.data.map((level, i) => Math.min(Math.abs(level - b.data[i]) * 8, 255))
  return { width: a.width, height: a.height, data }
}
