import { expectShape, type Tensor, tensor } from '@virga/diffusion'

/** Frames `from` to `to - 1` of a video [1, 3, T, H, W] (copied). */
export function frameRange(video: Tensor, from: number, to: number): Tensor {
  const [, channels, frames, height, width] = video.shape
  const plane = height * width
  const result = tensor([1, channels, to - from, height, width])
  for (let c = 0; c < channels; c++)
    result.data.set(video.data.subarray((c * frames + from) * plane, (c * frames + to) * plane), c * (to - from) * plane)
  return result
}

/**
 * Blends the tail of one video into the start of the next, in place: frame i of n gets (i + 1) / (n + 1) of the new video.
 *
 * @param tail [1, 3, n, H, W]
 * @param video [1, 3, T, H, W], T >= n
 */
export function fadeIn(tail: Tensor, video: Tensor): void {
  const [, channels, count, height, width] = tail.shape
  expectShape(video, [1, channels, -1, height, width], 'the clip to fade in')
  const frames = video.shape[2]
  const plane = height * width
  for (let c = 0; c < channels; c++)
    for (let t = 0; t < count; t++) {
      const share = (t + 1) / (count + 1)
      const to = (c * frames + t) * plane
      const from = (c * count + t) * plane
      for (let i = 0; i < plane; i++) video.data[to + i] = (1 - share) * tail.data[from + i] + share * video.data[to + i]
    }
}
