/**
 * Squared Euclidean distance of every pixel to the nearest one that is set, exact: one pass along columns, then the lower envelope of
 * parabolas along rows (Felzenszwalb and Huttenlocher, Distance Transforms of Sampled Functions, 2012). Infinity where none is set.
 *
 * @param isSet [height * width]
 */
export function squaredDistance(isSet: (pixel: number) => boolean, width: number, height: number): Float32Array {
  const far = Infinity
  const result = new Float32Array(width * height)
  // Along a column the distance to the nearest set pixel is a run length.
  for (let x = 0; x < width; x++) {
    let run = far
    for (let y = 0, i = x; y < height; y++, i += width) {
      run = isSet(i) ? 0 : run + 1
      result[i] = run
    }
    run = far
    for (let y = height - 1, i = x + (height - 1) * width; y >= 0; y--, i -= width) {
      run = Math.min(run + 1, result[i])
      result[i] = run
    }
  }
  const f = new Float64Array(width)
  const vertex = new Int32Array(width)
  const from = new Float64Array(width + 1)
  for (let y = 0; y < height; y++) {
    const row = y * width
    let count = 0
    for (let x = 0; x < width; x++) {
      f[x] = result[row + x] * result[row + x]
      if (f[x] === far) continue
      // Parabolas that the new one lies below from where they begin are hidden by it.
      let start = -far
      while (count > 0) {
        const v = vertex[count - 1]
        start = (f[x] + x * x - f[v] - v * v) / (2 * (x - v))
        if (start > from[count - 1]) break
        count--
        start = -far
      }
      vertex[count] = x
      from[count] = start
      count++
    }
    if (count === 0) continue
    for (let x = 0, k = 0; x < width; x++) {
      while (k + 1 < count && from[k + 1] <= x) k++
      const v = vertex[k]
      result[row + x] = (x - v) * (x - v) + f[v]
    }
  }
  return result
}
