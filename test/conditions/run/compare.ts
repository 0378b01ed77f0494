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
  /**
   * Of `pixels`, those that a shift by one pixel does not explain: a channel lies outside of what the other picture shows there and in the eight pixels
   * around. Edges sampled a little differently are not among them; a wrong colour, a missing light or a moved dash is.
   */
  readonly strange: number
}

export function compare(a: RgbImage, b: RgbImage): Difference {
  if (a.width !== b.width || a.height !== b.height) throw new Error(`${a.width}x${a.height} against ${b.width}x${b.height} pixels`)
  let [pixels, anyLevel, lit, sum, largest, strange] = [0, 0, 0, 0, 0, 0]
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
    if (worst > levels) {
      pixels += 1
      if (!shown(a, b, i / 3) || !shown(b, a, i / 3)) strange += 1
    }
    if (light > 0) lit += 1
    largest = Math.max(largest, worst)
  }
  return { pixels, anyLevel, lit, share: pixels / (a.width * a.height), mean: sum / a.data.length, largest, strange }
}

/** Whether a pixel of one picture lies, channel by channel, between what the other shows within one pixel of it. */
function shown(one: RgbImage, other: RgbImage, pixel: number): boolean {
  const { width, height } = one
  const [x, y] = [pixel % width, Math.floor(pixel / width)]
  return [0, 1, 2].every((channel) => {
    const level = one.data[3 * pixel + channel]
    let [least, most] = [255, 0]
    for (let v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v++) {
      for (let u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u++) {
        const near = other.data[3 * (v * width + u) + channel]
        least = Math.min(least, near)
        most = Math.max(most, near)
      }
    }
    return level >= least - levels && level <= most + levels
  })
}

/** Where two pictures differ, eight times as strong. */
export function amplifiedDifference(a: RgbImage, b: RgbImage): RgbImage {
  const data = a.data.map((level, i) => Math.min(Math.abs(level - b.data[i]) * 8, 255))
  return { width: a.width, height: a.height, data }
}
