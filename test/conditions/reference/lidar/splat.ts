/** Points of one picture: places in pixels and depth in metres. */
export interface PlacedPoints {
  readonly u: readonly number[]
  readonly v: readonly number[]
  readonly z: readonly number[]
}

const reach = 2
const largestDepth = 1000

/**
 * Depth of every pixel in metres, 0 where no point reaches: the mean of the points within 2 pixels, weighted by a Gaussian of
 * one pixel around each point and by s(z), which lets the nearest win softly.
 *
 * @param points all those in front of the camera, in the picture or not: the farthest of them sets s(z)
 */
export function splat({ u, v, z }: PlacedPoints, width: number, height: number): Float64Array {
  const clamped = z.map((depth) => Math.min(Math.max(depth, 0), largestDepth))
  const farthest = clamped.reduce((most, depth) => Math.max(most, depth), 0)
  const weights = new Float64Array(width * height)
  const depths = new Float64Array(width * height)
  for (let i = 0; i < z.length; i++) {
    const nearness = 1 / (Math.exp((50 * Math.log(1 + clamped[i])) / Math.log(1 + farthest)) + 1e-7)
    const [column, row] = [Math.floor(u[i]), Math.floor(v[i])]
    for (let y = row - reach; y <= row + reach; y++) {
      for (let x = column - reach; x <= column + reach; x++) {
        if (x < 0 || y < 0 || x >= width || y >= height) continue
        const weight = Math.exp(-0.5 * ((u[i] - (x + 0.5)) ** 2 + (v[i] - (y + 0.5)) ** 2)) * nearness
        weights[y * width + x] += weight
        depths[y * width + x] += weight * z[i]
      }
    }
  }
  return depths.map((sum, i) => (weights[i] > 0 ? sum / weights[i] : 0))
}
