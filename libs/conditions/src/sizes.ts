/** A size in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** The clip sizes of Cosmos-Transfer1 at 720p (cosmos-transfer1, VIDEO_RES_SIZE_INFO), keyed by the aspect they stand for. */
export const buckets = {
  '16,9': { width: 1280, height: 704 },
  '4,3': { width: 960, height: 704 },
  '1,1': { width: 960, height: 960 },
  '3,4': { width: 704, height: 960 },
  '9,16': { width: 704, height: 1280 },
} as const
export type Aspect = keyof typeof buckets

/** The aspect whose ratio of width to height is nearest. */
export function aspectOf({ width, height }: Size): Aspect {
  const distance = (aspect: Aspect) => {
    const [w = 1, h = 1] = aspect.split(',').map(Number)
    return (width / height - w / h) ** 2
  }
  return (Object.keys(buckets) as Aspect[]).reduce((best, aspect) => (distance(aspect) < distance(best) ? aspect : best))
}

/** The clip size that a video of `size` is stretched to. */
export function bucketFor(size: Size): Size {
  return buckets[aspectOf(size)]
}

/** The size to which the vis and edge presets shrink a frame first: fitted inside 1280x704 whatever its aspect, never enlarged. */
export function conditionSize({ width, height }: Size): Size {
  const scale = Math.min(1280 / width, 704 / height)
  return scale < 1 ? { width: Math.floor(width * scale + 0.5), height: Math.floor(height * scale + 0.5) } : { width, height }
}
