import type { LabelFrame } from '../label-frame.ts'
import type { SparseDepth } from './sparse-depth.ts'

/** Pixels in which nearer returns are looked for: to the sides and up and down, and across. */
const [aside, above, across] = [8, 12, 2]

/**
 * Leaves out returns of what the camera cannot see: the LiDAR stands elsewhere and looks past the things before it. A return is hidden where
 * clearly nearer ones lie on both its left and its right, or both above and below it. (Road returns have nearer ones below them only.)
 */
export function seenPoints({ pixels, depth }: SparseDepth, { width, height }: Pick<LabelFrame, 'width' | 'height'>): SparseDepth {
  const nearest = new Float32Array(width * height).fill(Infinity)
  for (let i = 0; i < pixels.length; i++) nearest[pixels[i]] = depth[i]
  const isNearerIn = (x0: number, x1: number, y0: number, y1: number, limit: number): boolean => {
    const [left, right, bottom] = [Math.max(x0, 0), Math.min(x1, width - 1), Math.min(y1, height - 1)]
    for (let y = Math.max(y0, 0); y <= bottom; y++) {
      for (let at = y * width + left; at <= y * width + right; at++) if (nearest[at] < limit) return true
    }
    return false
  }
  const kept = new Uint32Array(pixels.length)
  let count = 0
  for (let i = 0; i < pixels.length; i++) {
    const y = Math.floor(pixels[i] / width)
    const x = pixels[i] - y * width
    const limit = 0.85 * depth[i] - 0.3
    const isHidden =
      (isNearerIn(x - aside, x - 1, y - across, y + across, limit) && isNearerIn(x + 1, x + aside, y - across, y + across, limit)) ||
      (isNearerIn(x - across, x + across, y - above, y - 1, limit) && isNearerIn(x - across, x + across, y + 1, y + above, limit))
    if (!isHidden) kept[count++] = i
  }
  const indices = kept.subarray(0, count)
  return { pixels: indices.map((i) => pixels[i]), depth: Float32Array.from(indices, (i) => depth[i]) }
}
