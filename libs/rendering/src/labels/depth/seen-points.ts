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
  pixels.forEach((pixel, i) => {
    nearest[pixel] = depth[i]
  })
  const isNearerIn = (x0: number, x1: number, y0: number, y1: number, limit: number): boolean => {
    for (let y = Math.max(y0, 0); y <= Math.min(y1, height - 1); y++) {
      for (let x = Math.max(x0, 0); x <= Math.min(x1, width - 1); x++) if (nearest[y * width + x] < limit) return true
    }
    return false
  }
  const kept: number[] = []
  pixels.forEach((pixel, i) => {
    const [x, y] = [pixel % width, Math.floor(pixel / width)]
    const limit = 0.85 * depth[i] - 0.3
    const isHidden =
      (isNearerIn(x - aside, x - 1, y - across, y + across, limit) && isNearerIn(x + 1, x + aside, y - across, y + across, limit)) ||
      (isNearerIn(x - across, x + across, y - above, y - 1, limit) && isNearerIn(x - across, x + across, y + 1, y + above, limit))
    if (!isHidden) kept.push(i)
  })
  return { pixels: Uint32Array.from(kept, (i) => pixels[i]), depth: Float32Array.from(kept, (i) => depth[i]) }
}
