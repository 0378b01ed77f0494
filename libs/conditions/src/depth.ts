import { VirgaError } from '@virga/errors'
import type { RgbImage } from '@virga/scenario'

/** Depth of one frame: labels, simulation and LiDAR give it. */
export interface DepthImage {
  readonly width: number
  readonly height: number
  /** width * height metres along the camera's z; 0 = nothing there, which is as far as can be. */
  readonly depth: Float32Array
}

/** The depths that become white and black, metres. */
export interface DepthRange {
  readonly nearest: number
  readonly farthest: number
}

/**
 * What `depth` stands for by default: the road right before a car's camera is white, everything from 200 m on black. One mapping for all
 * clips: a stream does not know its least and greatest depth in advance, and clips that each had their own would jump in brightness where
 * they meet. A video of its own range (what a depth estimator's min-max makes) takes two passes: `depthRangeOf`, then `depthControl` with it.
 */
export const defaultDepthRange: DepthRange = { nearest: 3, farthest: 200 }

/**
 * The `depth` control: grey by inverse depth, near is bright, in all three channels; as the official pre-processing encodes it, which
 * estimates inverse depth and stretches it to 0..255 (cosmos-transfer1, auxiliary/depth_anything). Pixels without depth are black.
 *
 * @throws VirgaError VIRGA_OUT_OF_RANGE for a range that is none
 */
export async function* depthControl(
  frames: AsyncIterable<DepthImage> | Iterable<DepthImage>,
  range: DepthRange = defaultDepthRange,
): AsyncGenerator<RgbImage, void> {
  const { nearest, farthest } = range
  if (!(nearest > 0 && farthest > nearest)) {
    throw new VirgaError('VIRGA_OUT_OF_RANGE', `depths from ${nearest} to ${farthest} m`, {
      field: 'range',
      expected: '0 < nearest < farthest',
    })
  }
  for await (const frame of frames) yield depthPicture(frame, range)
}

/** One frame of `depthControl`. */
export function depthPicture({ width, height, depth }: DepthImage, { nearest, farthest }: DepthRange = defaultDepthRange): RgbImage {
  const data = new Uint8Array(width * height * 3)
  const black = 1 / farthest
  const scale = 255 / (1 / nearest - black)
  for (let i = 0, out = 0; i < depth.length; i++, out += 3) {
    const z = depth[i]
    if (!(z > 0)) continue
    const grey = Math.min(Math.max((1 / z - black) * scale, 0), 255) + 0.5
    data[out] = data[out + 1] = data[out + 2] = grey
  }
  return { width, height, data }
}

/**
 * The least and greatest depth of a video, for the mapping that the official pre-processing uses; black is infinitely far where some pixel
 * has no depth.
 *
 * @throws VirgaError VIRGA_BAD_INPUT when no pixel has a depth, or all the same
 */
export async function depthRangeOf(frames: AsyncIterable<DepthImage> | Iterable<DepthImage>): Promise<DepthRange> {
  let [nearest, farthest] = [Infinity, 0]
  for await (const { depth } of frames) {
    for (const z of depth) {
      if (!(z > 0)) farthest = Infinity
      else {
        nearest = Math.min(nearest, z)
        farthest = Math.max(farthest, z)
      }
    }
  }
  if (nearest < farthest) return { nearest, farthest }
  throw new VirgaError('VIRGA_BAD_INPUT', 'the video has no range of depths', { expected: 'frames with at least two depths' })
}
