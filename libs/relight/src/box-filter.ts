/**
 * Mean over the square window of half width `radius` around each pixel, cut at the borders, in time that does not depend on the
 * radius (running sums, first along rows, then along columns).
 *
 * @param plane width * height values, replaced by their means
 * @param scratch as long as the plane
 */
export function boxMean(plane: Float64Array, width: number, height: number, radius: number, scratch: Float64Array): void {
  for (let y = 0; y < height; y++) {
    const row = y * width
    let sum = 0
    for (let x = 0; x < Math.min(radius, width); x++) sum += plane[row + x]
    for (let x = 0; x < width; x++) {
      if (x + radius < width) sum += plane[row + x + radius]
      if (x - radius - 1 >= 0) sum -= plane[row + x - radius - 1]
      scratch[row + x] = sum / (Math.min(x + radius, width - 1) - Math.max(x - radius, 0) + 1)
    }
  }
  const sums = new Float64Array(width)
  for (let y = 0; y < Math.min(radius, height); y++) for (let x = 0; x < width; x++) sums[x] += scratch[y * width + x]
  for (let y = 0; y < height; y++) {
    const entering = y + radius < height ? (y + radius) * width : -1
    const leaving = y - radius - 1 >= 0 ? (y - radius - 1) * width : -1
    const share = 1 / (Math.min(y + radius, height - 1) - Math.max(y - radius, 0) + 1)
    for (let x = 0; x < width; x++) {
      if (entering >= 0) sums[x] += scratch[entering + x]
      if (leaving >= 0) sums[x] -= scratch[leaving + x]
      plane[y * width + x] = sums[x] * share
    }
  }
}
