/**
 * Mean over the square window of half width `radius` around each pixel, cut at the borders, in time that does not depend on the
 * radius (running sums, first along rows, then along columns).
 *
 * @param plane width * height values, replaced by their means
 * @param scratch as long as the plane
 */
export function boxMean(plane: Float64Array, width: number, height: number, radius: number, scratch: Float64Array): void {
  const across = shares(width, radius)
  const down = shares(height, radius)
  const first = Math.min(radius, width)
  for (let row = 0; row < width * height; row += width) {
    let sum = 0
    for (let x = 0; x < first; x++) sum += plane[row + x]
    for (let x = 0; x < width; x++) {
      if (x + radius < width) sum += plane[row + x + radius]
      if (x > radius) sum -= plane[row + x - radius - 1]
      scratch[row + x] = sum * across[x]
    }
  }
  const sums = new Float64Array(width)
  for (let y = 0; y < Math.min(radius, height); y++) for (let x = 0; x < width; x++) sums[x] += scratch[y * width + x]
  for (let y = 0; y < height; y++) {
    const entering = y + radius < height ? (y + radius) * width : -1
    const leaving = y - radius - 1 >= 0 ? (y - radius - 1) * width : -1
    const share = down[y]
    for (let x = 0; x < width; x++) {
      if (entering >= 0) sums[x] += scratch[entering + x]
      if (leaving >= 0) sums[x] -= scratch[leaving + x]
      plane[y * width + x] = sums[x] * share
    }
  }
}

/** One over the number of positions of the window around each place that lie inside. */
function shares(size: number, radius: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => 1 / (Math.min(i + radius, size - 1) - Math.max(i - radius, 0) + 1))
}
