/** Extents along time, height and width. */
export type Extents = readonly [frames: number, height: number, width: number]

/** For each target index the two source indices and the weight of the second: half-pixel centres, edges clamped. */
function taps(from: number, to: number): { low: Int32Array; high: Int32Array; weight: Float64Array } {
  const low = new Int32Array(to)
  const high = new Int32Array(to)
  const weight = new Float64Array(to)
  for (let i = 0; i < to; i++) {
    const position = Math.max((i + 0.5) * (from / to) - 0.5, 0)
    low[i] = Math.min(Math.floor(position), from - 1)
    high[i] = Math.min(low[i] + 1, from - 1)
    weight[i] = position - low[i]
  }
  return { low, high, weight }
}

/**
 * Trilinear resampling with half-pixel centres and no antialiasing (PyTorch's interpolate, mode trilinear, align_corners False).
 *
 * @param source [t, h, w] flat
 */
export function resizeTrilinear(source: Float32Array, from: Extents, to: Extents): Float32Array {
  const plane = from[1] * from[2]
  const frames = trilinearFrames((frame) => source.subarray(frame * plane, (frame + 1) * plane), from, to)
  const result = new Float32Array(to[0] * to[1] * to[2])
  for (let i = 0; i < to[0]; i++) result.set(frames(i), i * to[1] * to[2])
  return result
}

/**
 * The same frame by frame: makes frame i of the result, [h, w] flat, from the two source frames that it lies between, so that neither has to
 * be at hand as a whole.
 *
 * @param source gives a source frame, [h, w] flat
 */
export function trilinearFrames(source: (frame: number) => Float32Array, from: Extents, to: Extents): (frame: number) => Float32Array {
  const [t, y, x] = [taps(from[0], to[0]), taps(from[1], to[1]), taps(from[2], to[2])]
  const width = from[2]
  return (i) => {
    const [near, far] = [source(t.low[i]), source(t.high[i])]
    const result = new Float32Array(to[1] * to[2])
    let out = 0
    for (let j = 0; j < to[1]; j++) {
      const rows = [
        [near, y.low[j] * width],
        [near, y.high[j] * width],
        [far, y.low[j] * width],
        [far, y.high[j] * width],
      ] as const
      const [wt, wy] = [t.weight[i], y.weight[j]]
      const factors = [(1 - wt) * (1 - wy), (1 - wt) * wy, wt * (1 - wy), wt * wy] as const
      for (let k = 0; k < to[2]; k++) {
        const [a, b, wx] = [x.low[k], x.high[k], x.weight[k]]
        let sum = 0
        for (let r = 0; r < 4; r++) {
          const [values, row] = rows[r]
          sum += factors[r] * ((1 - wx) * values[row + a] + wx * values[row + b])
        }
        result[out++] = sum
      }
    }
    return result
  }
}
