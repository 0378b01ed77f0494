/** Directions around the camera for which the shader knows how low a ray must be to meet the ground at all. */
export const horizonBins = 256

/** Cells nearer than this many times their side are looked at more finely. */
const fineness = 4

/**
 * For each direction from a place, as diamond angle (0 = +x, 1 = +y, 2 = -x, 3 = -y), the slope above which a ray passes over all cells.
 *
 * @param pyramid maxima per level as `maximumPyramid` gives them; x, y, z in its frame: cells on a side, metres per cell, from its corner
 */
export function horizonSlopes(pyramid: Float32Array, cells: number, spacing: number, x: number, y: number, z: number): Float32Array {
  const slopes = new Float32Array(horizonBins).fill(-1e6)
  const levels = Math.log2(cells) + 1
  const starts: number[] = []
  for (let level = 0, at = 0; level < levels; level++) {
    starts.push(at)
    at += (cells >> level) ** 2
  }
  const visit = (level: number, i: number, j: number): void => {
    const size = spacing * 2 ** level
    const [west, south] = [i * size - x, j * size - y]
    const [east, north] = [west + size, south + size]
    const nearest = Math.hypot(Math.max(west, -east, 0), Math.max(south, -north, 0))
    if (level > 0 && nearest < fineness * size) {
      for (const [di, dj] of quarters) visit(level - 1, 2 * i + di, 2 * j + dj)
      return
    }
    const rise = pyramid[starts[level] + j * (cells >> level) + i] - z
    if (rise > 0 && nearest === 0) {
      slopes.fill(Infinity)
      return
    }
    const farthest = Math.hypot(Math.max(-west, east), Math.max(-south, north))
    // A little more than the bound itself: the shader has float32.
    const slope = (rise > 0 ? rise / nearest : rise / farthest) + 1e-5
    if (nearest === 0) {
      for (let bin = 0; bin < horizonBins; bin++) slopes[bin] = Math.max(slopes[bin], slope)
      return
    }
    const middle = diamond((west + east) / 2, (south + north) / 2)
    let [first, last] = [0, 0]
    for (const px of [west, east]) {
      for (const py of [south, north]) {
        const turn = ((diamond(px, py) - middle + 6) % 4) - 2
        first = Math.min(first, turn)
        last = Math.max(last, turn)
      }
    }
    const scale = horizonBins / 4
    for (let bin = Math.floor((middle + first - 1e-4) * scale); bin <= Math.floor((middle + last + 1e-4) * scale); bin++) {
      const at = (bin + horizonBins) % horizonBins
      slopes[at] = Math.max(slopes[at], slope)
    }
  }
  visit(levels - 1, 0, 0)
  return slopes
}

const quarters = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
] as const

/** The direction of (x, y) as 0..4 around the diamond |x| + |y| = 1. */
function diamond(x: number, y: number): number {
  const along = x / (Math.abs(x) + Math.abs(y))
  return y >= 0 ? 1 - along : 3 + along
}
